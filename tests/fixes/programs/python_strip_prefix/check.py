import sys

from strip_prefix import *

assert unprefixed("t_ab", "t_") == "ab"
if sys.argv[1] == "all":
    assert unprefixed("test_tests", "test_") == "tests"
