. ./greater.sh
[ "$(f 3 2)" = "yes" ] || exit 1
[ "$1" != all ] || [ "$(f 3 3)" = "no" ] || exit 2
