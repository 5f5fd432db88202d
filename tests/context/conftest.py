collect_ignore = ["cases"]  # material to review, not tests
