#!/usr/bin/env bash
# How many photos an album holds, by year: count.sh ALBUM
set -euo pipefail

for folder in "$1"/*/; do
  [[ -d $folder ]] || continue
  echo "$(basename "$folder") $(find "$folder" -type f | wc -l)"
done
