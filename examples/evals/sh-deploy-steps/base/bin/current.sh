#!/usr/bin/env bash
# Says what is deployed: current.sh TARGET
set -euo pipefail

link=$(readlink "$1/current")
echo "${link##*/}"
