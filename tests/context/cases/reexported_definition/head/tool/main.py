import sys

import pkg
from pkg import Item


def main(argv):
    for word in argv:
        item = Item(word, pkg.parse_size(word))
        print(item.name, item.length)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
