import sys

from first_wins import *

assert index([("a", 1)]) == {"a": 1}
if sys.argv[1] == "all":
    assert index([("a", 1), ("a", 2)]) == {"a": 1}
