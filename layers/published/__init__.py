"""What was published of residents' reports, as other programs read it: whole lines, by month, under shared filters."""
