"""Bulk foreign records: exact for those whose work it is, generalised in a table of their own for everybody."""
