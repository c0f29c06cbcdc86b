"""Certified Gaussian calculus: expectations, Hermite coefficients, dual kernels."""
