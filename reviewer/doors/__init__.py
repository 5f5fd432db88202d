"""Ways in besides the command line. Each runs the same pipeline and shows its events."""
