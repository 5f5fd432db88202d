import sys

from mean_of_none import *

assert mean([2, 4]) == 3.0
if sys.argv[1] == "all":
    assert mean([]) == 0.0
