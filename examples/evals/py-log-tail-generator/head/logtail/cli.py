import argparse
import sys

from logtail.tail import errors, tail


def main(argv=None):
    parser = argparse.ArgumentParser(prog="logtail")
    parser.add_argument("path")
    parser.add_argument("-n", type=int, default=10)
    parser.add_argument("--errors", action="store_true")
    args = parser.parse_args(argv)
    for line in errors(args.path, args.n) if args.errors else tail(args.path, args.n):
        print(line)
    return 0


if __name__ == "__main__":
    sys.exit(main())
