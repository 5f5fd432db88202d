#!/usr/bin/env bash
# Copies a folder to a folder with the date: backup.sh [-n] [-d DATE] SOURCE TARGET [KEEP]
#   -n       only says what would be removed
#   -d DATE  takes this day for today
set -euo pipefail

usage() {
  sed -n '2,4s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

dry=
today=$(date +%Y-%m-%d)
while getopts :nd: option; do
  case $option in
    n) dry=yes ;;
    d) today=$OPTARG ;;
    *) usage ;;
  esac
done
shift $((OPTIND - 1))
[[ $# -eq 2 || $# -eq 3 ]] || usage
[[ $today =~ ^[0-9]{4}-[0-9]{2}-[0-9]{2}$ ]] || usage # it becomes part of a path that is removed

source=$1
target=$2
keep=${3:-7}

if [[ -z $dry ]]; then
  mkdir -p "$target"
  rm -rf "${target:?}/$today"
  cp -R "$source" "$target/$today"
fi

ls -1 "$target" | sort | head -n "-$keep" | while IFS= read -r old; do
  if [[ -n $dry ]]; then
    echo "would remove $old"
  else
    rm -rf "${target:?}/$old"
  fi
done
