"""Named constants of the field: exact form, enclosure, source, and what others ship."""
