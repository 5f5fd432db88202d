#!/usr/bin/env bash
# Checks several projects: all.sh PROJECT...
set -u

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for project in "$@"; do
  bash "$here/check.sh" "$project" || echo "$project fails"
done
