"""The checks of `reviewer doctor`: each is a function that returns a Check."""
