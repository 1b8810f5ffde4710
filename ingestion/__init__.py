"""Foreign files and services, read into layers."""
