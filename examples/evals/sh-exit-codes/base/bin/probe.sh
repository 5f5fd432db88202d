#!/usr/bin/env bash
# Whether a service runs: probe.sh NAME. Ends with 0 when it does, 1 when it does not.
set -uo pipefail

state=${STATE_DIR:?}/$1.pid
if [[ -f $state ]]; then
  exit 0
fi
exit 1
