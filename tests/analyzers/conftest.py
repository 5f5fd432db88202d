collect_ignore_glob = ["cases/*"]  # planted defects, some of them in tests
