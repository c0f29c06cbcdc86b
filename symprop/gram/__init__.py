"""Gram matrices: their spectra, and how far they are from multiples of the unit matrix."""
