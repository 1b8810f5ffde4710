"""What residents report: from the one door in to an answered, closed or reopened record, and what is public of it."""
