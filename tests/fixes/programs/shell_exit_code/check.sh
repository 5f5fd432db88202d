. ./exit_code.sh
[ "$(f | wc -l | tr -d " ")" = "1" ] || exit 1
[ "$1" != all ] || [ "$(f)" = "1" ] || exit 2
