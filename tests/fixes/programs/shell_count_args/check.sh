. ./count_args.sh
[ "$(f a)" = "1" ] || exit 1
[ "$1" != all ] || [ "$(f "a b" c)" = "2" ] || exit 2
