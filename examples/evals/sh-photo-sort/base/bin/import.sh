#!/usr/bin/env bash
# Moves photos into the album: import.sh ALBUM PHOTO...
set -uo pipefail

album=$1
shift
mkdir -p "$album"
for photo in "$@"; do
  mv -n -- "$photo" "$album/"
done
