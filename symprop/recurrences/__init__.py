"""Recurrences of infinitely wide networks: lengths, correlations and gradients by layer."""
