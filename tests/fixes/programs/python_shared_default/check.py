import sys

from shared_default import *

assert collect(3, [1]) == [1, 3]
if sys.argv[1] == "all":
    assert (collect(1), collect(2))[1] == [2]
