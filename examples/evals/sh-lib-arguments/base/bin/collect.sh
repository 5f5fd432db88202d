#!/usr/bin/env bash
# Collects files into a folder: collect.sh FOLDER FILE...
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/log.sh"

folder=$1
shift
mkdir -p "$folder"
for file in "$@"; do
  if [[ -f $file ]]; then
    cp -- "$file" "$folder/"
    log INFO "collected $file"
  else
    log WARN "no file $file"
  fi
done
