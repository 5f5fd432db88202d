#!/usr/bin/env bash
# Fetches what a mirror needs: fetch.sh PATH...
# FETCH is the command that does it; it gets a rate in KB/s, an address and a file.
set -euo pipefail

for path in "$@"; do
  target=${MIRROR_DIR:?}/$path
  mkdir -p "$(dirname "$target")"
  "${FETCH:?}" 500 "${MIRROR_URL:?}/$path" "$target"
done
