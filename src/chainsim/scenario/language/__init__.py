"""What a file may say: sections, fields, units, and how values are written."""
