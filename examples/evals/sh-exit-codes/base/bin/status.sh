#!/usr/bin/env bash
# One line for each service: status.sh NAME...
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for name in "$@"; do
  if bash "$here/probe.sh" "$name"; then
    echo "$name up"
  else
    echo "$name down"
  fi
done
