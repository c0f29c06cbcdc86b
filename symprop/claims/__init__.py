"""The claims: one module per topic, each exporting ``CLAIMS``; theory meets simulator here."""
