import sys

import pkg
from pkg import Item


def main(argv):
    for word in argv:
        print(word)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
