#!/usr/bin/env bash
# Starts services again that do not run: watch.sh NAME...
set -uo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
for name in "$@"; do
  bash "$here/probe.sh" "$name"
  case $? in
    0) ;;
    3)
      echo "restarting $name"
      bash "$here/start.sh" "$name"
      ;;
    *) echo "cannot tell about $name" >&2 ;;
  esac
done
