#!/usr/bin/env bash
# Packs the files of a folder that are older than some days: archive.sh FOLDER DAYS OUT.tar.gz
set -euo pipefail

folder=$1
days=$2
out=$3

list=$(find "$folder" -type f -mtime "+$days" | sort)
if [[ -z "$list" ]]; then
  echo "nothing to archive"
  exit 0
fi
tar -czf "$out" -T <(echo "$list")
while IFS= read -r file; do
  rm -f -- "$file"
done <<<"$list"
echo "archived $(wc -l <<<"$list") files"
