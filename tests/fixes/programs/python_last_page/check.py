import sys

from last_page import *

assert pages(10, 5) == 2
if sys.argv[1] == "all":
    assert pages(11, 5) == 3
