. ./last_field.sh
[ "$(f x)" = "x" ] || exit 1
[ "$1" != all ] || [ "$(f a:b:c)" = "c" ] || exit 2
