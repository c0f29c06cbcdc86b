"""Exact moments of random ReLU networks of finite width."""
