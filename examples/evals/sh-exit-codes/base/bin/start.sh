#!/usr/bin/env bash
# Starts a service: start.sh NAME
set -euo pipefail

echo "$$" >"${STATE_DIR:?}/$1.pid"
