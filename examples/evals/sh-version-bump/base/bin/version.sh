#!/usr/bin/env bash
# Prints the version of a project: version.sh PROJECT
set -euo pipefail

cat "$1/VERSION"
