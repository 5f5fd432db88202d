"""What nearly every run of the command imports. Nothing here runs in a test's own process."""

from __future__ import annotations

import git  # noqa: F401
import httpx  # noqa: F401
import jsonschema  # noqa: F401

import reviewer.cli.config
import reviewer.cli.review
import reviewer.outputs
import reviewer.verdict  # noqa: F401
