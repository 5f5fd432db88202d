# Versions of three numbers; to be sourced.

version_is_valid() {
  [[ $1 =~ ^(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)\.(0|[1-9][0-9]*)$ ]]
}

# version_is_older A B
version_is_older() {
  local -a a b
  local i
  IFS=. read -ra a <<<"$1"
  IFS=. read -ra b <<<"$2"
  for i in 0 1 2; do
    if [[ ${a[i]} != "${b[i]}" ]]; then
      ((a[i] < b[i]))
      return
    fi
  done
  return 1
}

# version_raise VERSION PART prints the next version; PART is major, minor or patch.
version_raise() {
  local major minor patch
  IFS=. read -r major minor patch <<<"$1"
  case $2 in
    major) echo "$((major + 1)).0.0" ;;
    minor) echo "$major.$((minor + 1)).0" ;;
    patch) echo "$major.$minor.$((patch + 1))" ;;
    *) return 1 ;;
  esac
}
