#!/usr/bin/env bash
# Moves photos into the album, into a folder for the year in which they were changed last: import.sh ALBUM PHOTO...
# Ends with 1 when photos were left where they are because the album has others of their names.
set -uo pipefail

if [[ $# -lt 2 ]]; then
  echo "usage: import.sh ALBUM PHOTO..." >&2
  exit 2
fi
album=$1
shift
left=0

for photo in "$@"; do
  year=$(date -r "$photo" +%Y) || exit 1
  folder=$album/$year
  target=$folder/$(basename "$photo")
  mkdir -p "$folder" || exit 1
  if [[ -e $target ]]; then
    echo "left: $photo" >&2
    left=$((left + 1))
    continue
  fi
  mv -- "$photo" "$target" || exit 1
done

echo "imported $(($# - left)), left $left"
[[ $left -eq 0 ]]
