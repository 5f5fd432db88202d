#!/usr/bin/env bash
# Packs the files of a folder that are older than some days: archive.sh FOLDER DAYS OUT.tar.gz
set -euo pipefail

folder=$1
days=$2
out=$3

list=$(mktemp)
trap 'rm -f -- "$list"' EXIT

# Names end at a NUL byte from here to the end: a file name may hold anything else, line ends included.
find "$folder" -type f -mtime "+$days" -print0 | sort -z >"$list"
if [[ ! -s "$list" ]]; then
  echo "nothing to archive"
  exit 0
fi
tar -czf "$out" --null --no-recursion -T "$list"
count=$(tr -cd '\0' <"$list" | wc -c)
xargs -0 rm -f -- <"$list" # only what is in the archive, and only once tar has ended well
echo "archived $count files"
