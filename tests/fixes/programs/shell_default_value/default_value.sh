f() {
  name=${1-nobody}
  echo "$name"
}
