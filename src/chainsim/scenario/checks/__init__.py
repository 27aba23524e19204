"""Every problem at once: the schema, names, and what makes sense together."""
