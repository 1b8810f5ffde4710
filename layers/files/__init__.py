"""Files kept in the database: under the same rights as rows, inside the same backup."""
