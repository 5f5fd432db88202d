#!/usr/bin/env bash
# Removes what nobody asked for in a while: clean.sh DAYS
set -euo pipefail

find "${MIRROR_DIR:?}" -type f -atime "+$1" -delete
