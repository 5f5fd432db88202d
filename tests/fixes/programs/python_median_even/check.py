import sys

from median_even import *

assert median([3, 1, 2]) == 2
if sys.argv[1] == "all":
    assert median([1, 2, 3, 4]) == 2.5
