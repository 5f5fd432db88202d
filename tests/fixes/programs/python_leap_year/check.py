import sys

from leap_year import *

assert days(2024) == 366
if sys.argv[1] == "all":
    assert days(1900) == 365
