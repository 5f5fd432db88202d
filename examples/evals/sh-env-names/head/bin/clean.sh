#!/usr/bin/env bash
# Removes what nobody asked for in a while: clean.sh [DAYS]
set -euo pipefail
source "$(dirname "${BASH_SOURCE[0]}")/../lib/settings.sh"
read_settings

find "${MIRROR_DIR:?}" -type f -atime "+${1:-${MIRROR_DAYS:-30}}" -delete
