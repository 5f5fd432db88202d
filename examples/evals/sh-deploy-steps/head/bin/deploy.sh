#!/usr/bin/env bash
# Puts a release folder into place: deploy.sh SOURCE TARGET
set -euo pipefail

fail() {
  echo "deploy.sh: $*" >&2
  exit 1
}

version_of() {
  local source=$1
  [[ -f "$source/VERSION" ]] || fail "no VERSION in $source"
  cat "$source/VERSION"
}

# Copies under another name first: a release that is there is complete.
install_release() {
  local source=$1 release=$2
  [[ ! -e "$release" ]] || fail "${release##*/} is there already"
  cp -R "$source" "$release.new"
  mv "$release.new" "$release"
}

main() {
  if [[ $# -ne 2 ]]; then
    echo "usage: deploy.sh SOURCE TARGET" >&2
    exit 2
  fi
  local source=$1 target=$2 version
  version=$(version_of "$source") # its own command, so that a failure ends the script
  mkdir -p "$target/releases"
  install_release "$source" "$target/releases/$version"
  ln -sfn "releases/$version" "$target/current"
  echo "deployed $version"
}

main "$@"
