. ./trim.sh
[ "$(f a)" = "[a]" ] || exit 1
[ "$1" != all ] || [ "$(f " a ")" = "[a]" ] || exit 2
