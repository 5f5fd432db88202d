#!/usr/bin/env bash
# Puts a release folder into place: deploy.sh SOURCE TARGET
set -euo pipefail

if [[ $# -ne 2 ]]; then
  echo "usage: deploy.sh SOURCE TARGET" >&2
  exit 2
fi
if [[ ! -f "$1/VERSION" ]]; then
  echo "deploy.sh: no VERSION in $1" >&2
  exit 1
fi
version=$(<"$1/VERSION")
mkdir -p "$2/releases"
if [[ -e "$2/releases/$version" ]]; then
  echo "deploy.sh: $version is there already" >&2
  exit 1
fi
cp -R "$1" "$2/releases/$version.new"
mv "$2/releases/$version.new" "$2/releases/$version"
ln -sfn "releases/$version" "$2/current"
echo "deployed $version"
