"""The ways in besides the command line. Each asks the same pipeline and shows its events."""
