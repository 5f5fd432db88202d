#!/usr/bin/env bash
# Runs the checks of a project, which are the executable files in checks/: check.sh PROJECT [LOGS]
# With LOGS, a folder, what each check says is kept there as well, and a summary of all.
set -u

logs=
if [[ $# -eq 2 ]]; then
  mkdir -p "$2" || exit 2
  logs=$(cd "$2" && pwd)
  : >"$logs/summary.txt"
fi

# Runs one check; ends with what it ends with.
run() {
  local check=$1 log
  if [[ -z $logs ]]; then
    "$check"
    return
  fi
  log=$logs/$(basename "$check").log
  "$check" 2>&1 | tee "$log"
  return "${PIPESTATUS[0]}"
}

cd "$1" || exit 2
failed=0
for check in checks/*; do
  [[ -x $check ]] || continue
  if run "$check"; then
    result=ok
  else
    result=FAILED
    failed=1
  fi
  if [[ -n $logs ]]; then
    echo "$result $(basename "$check")" >>"$logs/summary.txt"
  fi
done
exit "$failed"
