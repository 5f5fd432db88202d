#!/usr/bin/env bash
# How many photos an album holds: count.sh ALBUM
set -euo pipefail

find "$1" -type f | wc -l
