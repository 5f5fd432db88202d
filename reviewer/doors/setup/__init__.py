"""`reviewer setup`: from nothing to a review, in one command."""
