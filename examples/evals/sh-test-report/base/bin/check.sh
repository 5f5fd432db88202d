#!/usr/bin/env bash
# Runs the checks of a project, which are the executable files in checks/: check.sh PROJECT
set -u

cd "$1" || exit 2
failed=0
for check in checks/*; do
  [[ -x $check ]] || continue
  "$check" || failed=1
done
exit "$failed"
