f() {
  echo "$1" | tr a-y A-Y
}
