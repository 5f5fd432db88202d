#!/bin/sh
# Tests with a real llama-server: makes its environment (.venv-llama-server, 220 MB) unless it is there, then runs
# tests/llama_server.
#   tests/llama_server/run.sh [PYTEST_ARGUMENT...]
# PYTHON is the interpreter that the project is installed in (default: .venv/bin/python).
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
environment=.venv-llama-server
wanted=$(cksum < tests/llama_server/requirements.txt)

if [ "$(cat "$environment/made-from" 2>/dev/null)" != "$wanted" ]; then
    "$python" -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --disable-pip-version-check -r tests/llama_server/requirements.txt
    echo "$wanted" > "$environment/made-from"
fi

PATH="$PATH:$PWD/$environment/bin" exec "$python" -m pytest -m llama_server tests/llama_server "$@"
