#!/usr/bin/env bash
# Prints the version of a project, or sets it first: version.sh PROJECT [major | minor | patch | NUMBER]
# Versions only rise.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/versions.sh"

file=$1/VERSION
current=$(<"$file")
case ${2:-} in
  "") next=$current ;;
  major | minor | patch) next=$(version_raise "$current" "$2") ;;
  *) next=$2 ;;
esac
if ! version_is_valid "$next"; then
  echo "version.sh: $next is no version" >&2
  exit 2
fi
if version_is_older "$next" "$current"; then
  echo "version.sh: $next is older than $current" >&2
  exit 1
fi
echo "$next" >"$file"
echo "$next"
