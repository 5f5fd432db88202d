#!/usr/bin/env bash
# Checks the syntax of scripts: lint.sh FILE...
# Scripts for another shell than bash and sh are left out. The names of those that are bad come last, one a line.
set -uo pipefail # no -e: every file is looked at, also after one that is bad

# Whether a script is for bash or sh, by its first line; without a first line that says so, it is.
is_ours() {
  local first=
  IFS= read -r first <"$1" || [[ -n $first ]] || return 0
  [[ $first != '#!'* || $first =~ (/|[[:space:]])(ba)?sh([[:space:]]|$) ]]
}

bad=()
for file in "$@"; do
  if is_ours "$file" && ! bash -n "$file"; then
    bad+=("$file")
  fi
done

if [[ ${#bad[@]} -gt 0 ]]; then
  printf 'bad: %s\n' "${bad[@]}" >&2
  exit 1
fi
