"""Networks of finite width, sampled: a witness that shares only `specs` with the theory."""
