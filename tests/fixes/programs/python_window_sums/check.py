import sys

from window_sums import *

assert sums([], 2) == []
if sys.argv[1] == "all":
    assert sums([1, 2, 3], 2) == [3, 5]
