f() {
  count=0
  for word in $*; do
    count=$((count + 1))
  done
  echo "$count"
}
