#!/usr/bin/env bash
# tests/setup.sh WHEEL: from a bare home directory to a review, as a user does it, with pip, pipx and uv. No model hub is
# reachable, so that each ends in the smoke run that says so.
set -euo pipefail
wheel=$(realpath "$1")
top=$(mktemp -d)
trap 'rm -rf "$top"' EXIT
python3 -m venv "$top/tools"
"$top/tools/bin/python" -m pip install --quiet pipx uv

unset XDG_CACHE_HOME XDG_CONFIG_HOME XDG_STATE_HOME XDG_DATA_HOME VIRTUAL_ENV "${!REVIEWER_@}" "${!HF_@}" "${!PIPX_@}"
export HF_ENDPOINT=http://127.0.0.1:9 PATH=$top/tools/bin:$PATH

fail() { echo "$1" >&2; exit 1; }

smoke_run() {  # OUTPUT: what the last `reviewer setup` said
  grep -q '^SMOKE RUN: no Gemma 4 was set up: cannot reach the hub' "$1" || fail "no smoke run that says so"
  grep -q 'gemma-3-270m-q4_k_m on llamacpp' "$1" || fail "no review"
}

try() {  # NAME, PROGRAM
  printf '\n--- %s\n' "$1"
  local out=$top/$1.txt code=0
  "$2" setup --dry-run
  "$2" setup </dev/null 2>"$out" && fail "it did not ask"
  grep -q 'repeat it with --yes' "$out"
  "$2" setup --yes >"$out" 2>"$out.err" || code=$?
  cat "$out"
  ((code == 3)) || { cat "$out.err"; fail "exit code $code, not 3"; }
  smoke_run "$out"
  grep -q '^install: ' "$out.err" || fail "nothing was installed"
  code=0
  "$2" setup --yes >"$out" 2>"$out.err" || code=$?
  ((code == 3)) && smoke_run "$out"
  ! grep -q '^install: ' "$out.err" || fail "it was installed twice"
  "$2" clean
  "$2" clean --all --yes
  test "$("$2" clean)" = "Nothing is kept."
  local left
  left=$(find "$HOME/.cache" "$HOME/.local/state" -path '*gemma-reviewer*' -not -path '*/pip/*' -not -path '*/uv/*' 2>/dev/null || true)
  test -z "$left" || fail "left behind: $left"
}

export HOME=$top/pip; mkdir "$HOME"
python3 -m venv "$HOME/venv"
"$HOME/venv/bin/python" -m pip install --quiet "$wheel"
try pip "$HOME/venv/bin/reviewer"

export HOME=$top/pipx; mkdir "$HOME"
pipx install --quiet "$wheel"
try pipx "$HOME/.local/bin/reviewer"
pipx list --include-injected | grep -q xllamacpp || fail "pipx does not know what was added"

export HOME=$top/uv; mkdir "$HOME"
uv tool install --quiet "$wheel"
try uv "$HOME/.local/bin/reviewer"
receipt=$HOME/.local/share/uv/tools/gemma-reviewer/uv-receipt.toml
grep -q 'xllamacpp' "$receipt" || fail "uv does not know what was added"
grep -q "$(basename "$wheel")" "$receipt" || fail "uv forgot where this program came from"
