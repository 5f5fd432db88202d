f() {
  total=0
  printf '1\n2\n' | while read -r number; do
    total=$((total + number))
  done
  echo "$total"
}
