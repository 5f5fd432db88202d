#!/usr/bin/env bash
# Whether a service runs: probe.sh NAME. Ends as the init scripts of the Linux Standard Base do:
# 0 it runs, 3 it does not, 4 nobody can tell; and 1 when there is no such service.
set -uo pipefail

name=$1
directory=${STATE_DIR:?}
if [[ ! -r $directory ]]; then
  exit 4
fi
if [[ -n ${SERVICES:-} && " $SERVICES " != *" $name "* ]]; then
  exit 1
fi
if [[ -f $directory/$name.pid ]]; then
  exit 0
fi
exit 3
