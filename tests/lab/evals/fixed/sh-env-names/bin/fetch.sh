#!/usr/bin/env bash
# Fetches what a mirror needs: fetch.sh PATH...
# FETCH is the command that does it; it gets a rate in KB/s, an address and a file.
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/settings.sh"
read_settings

limit=${MIRROR_LIMIT_KBPS:-500}
for path in "$@"; do
  target=${MIRROR_DIR:?}/$path
  mkdir -p "$(dirname "$target")"
  "${FETCH:?}" "$limit" "${MIRROR_URL:?}/$path" "$target"
done
