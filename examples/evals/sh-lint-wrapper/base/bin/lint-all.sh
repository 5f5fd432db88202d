#!/usr/bin/env bash
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
mapfile -d '' files < <(find "${1:-.}" -name '*.sh' -print0 | sort -z)
if [[ ${#files[@]} -eq 0 ]]; then
  echo "no scripts"
  exit 0
fi
"$here/lint.sh" "${files[@]}" || exit 1
echo "${#files[@]} scripts are fine"
