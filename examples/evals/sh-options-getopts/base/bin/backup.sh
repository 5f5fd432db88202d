#!/usr/bin/env bash
# Copies a folder to a folder with the date: backup.sh SOURCE TARGET [KEEP]
set -euo pipefail

source=$1
target=$2
keep=${3:-7}

today=$(date +%Y-%m-%d)
mkdir -p "$target"
rm -rf "${target:?}/$today"
cp -R "$source" "$target/$today"

ls -1 "$target" | sort | head -n "-$keep" | while IFS= read -r old; do
  rm -rf "${target:?}/$old"
done
