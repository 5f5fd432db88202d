. ./default_value.sh
[ "$(f ann)" = "ann" ] || exit 1
[ "$1" != all ] || [ "$(f "")" = "nobody" ] || exit 2
