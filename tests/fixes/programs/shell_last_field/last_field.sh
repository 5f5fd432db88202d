f() {
  echo "$1" | cut -d: -f1
}
