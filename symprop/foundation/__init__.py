"""Errors and argument checks. Imports no other part of symprop."""
