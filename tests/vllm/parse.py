"""Run by the Python that has vLLM: reads argument lists as JSON from standard input, and prints
what the parser of `vllm serve` says to each: null, or its objection."""

import contextlib
import io
import json
import sys

try:  # 0.33
    from vllm.entrypoints.common.cli_args import make_arg_parser, validate_parsed_serve_args
except ImportError:
    from vllm.entrypoints.launchers.cli_args import make_arg_parser, validate_parsed_serve_args
from vllm.utils.argparse_utils import FlexibleArgumentParser


def objection(arguments):
    said = io.StringIO()
    try:
        with contextlib.redirect_stderr(said):
            validate_parsed_serve_args(PARSER.parse_args(arguments))
    except (SystemExit, ValueError, TypeError) as error:
        return (said.getvalue().strip().splitlines() or [repr(error)])[-1]
    return None


PARSER = make_arg_parser(FlexibleArgumentParser())
json.dump([objection(arguments) for arguments in json.load(sys.stdin)], sys.stdout)
