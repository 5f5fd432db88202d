. ./sum_lines.sh
[ "$(f | wc -l | tr -d " ")" = "1" ] || exit 1
[ "$1" != all ] || [ "$(f)" = "3" ] || exit 2
