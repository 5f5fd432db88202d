#!/usr/bin/env bash
# Prints the tag of a version: tag.sh VERSION
set -euo pipefail

echo "v$1"
