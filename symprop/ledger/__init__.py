"""Machinery of claims: what a claim is, how it is checked, attacked, run and reported.

The ledger knows no theorem. Claims come from modules that the caller names.
"""
