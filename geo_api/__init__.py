"""The HTTP face and the command line: in and out."""
