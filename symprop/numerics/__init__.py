"""Numbers that know their error: balls, precision, quadrature, roots and series."""
