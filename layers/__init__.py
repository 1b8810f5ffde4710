"""What is on the map: tables, rules, SQL and analysis, one folder a theme."""
