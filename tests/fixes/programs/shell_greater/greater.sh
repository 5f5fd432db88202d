f() {
  if [ "$1" -ge "$2" ]; then
    echo yes
  else
    echo no
  fi
}
