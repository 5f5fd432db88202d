#!/usr/bin/env bash
# Keeps the newest files of a folder: rotate.sh FOLDER KEEP
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/log.sh"

folder=$1
keep=$2
removed=0
while IFS= read -r name; do
  rm -f -- "$folder/$name"
  removed=$((removed + 1))
done < <(ls -1t "$folder" | tail -n "+$((keep + 1))")
log INFO rotate "removed $removed files"
