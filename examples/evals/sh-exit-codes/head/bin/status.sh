#!/usr/bin/env bash
# One line for each service: status.sh NAME...
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for name in "$@"; do
  bash "$here/probe.sh" "$name"
  case $? in
    0) echo "$name up" ;;
    1) echo "$name is no service" ;;
    3) echo "$name down" ;;
    *) echo "$name unknown" ;;
  esac
done
