f() {
  value=$1
  value=${value# }
  echo "[$value]"
}
