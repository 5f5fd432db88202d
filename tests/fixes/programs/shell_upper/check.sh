. ./upper.sh
[ "$(f abc)" = "ABC" ] || exit 1
[ "$1" != all ] || [ "$(f fizz)" = "FIZZ" ] || exit 2
