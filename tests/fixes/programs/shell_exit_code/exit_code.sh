f() {
  false
  echo "done" > /dev/null
  echo $?
}
