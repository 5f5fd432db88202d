#!/usr/bin/env bash
# Checks the syntax of scripts: lint.sh FILE...
set -uo pipefail

failed=0
for file in "$@"; do
  if ! bash -n "$file"; then
    failed=1
  fi
done
exit "$failed"
