"""shellcheck and zizmor, where they are installed (extra `analyzers`)."""

import pytest
from support.analyzed import analyzed, hits

from reviewer.analyzers import missing
from reviewer.types import Evidence

shellcheck = pytest.mark.skipif("shellcheck" in missing(), reason="needs the extra `analyzers`")
zizmor = pytest.mark.skipif("zizmor" in missing(), reason="needs the extra `analyzers`")
BODY = '#!/bin/sh\nset -e\nrm -rf "$1"/*\n'
FLOW = """
on: pull_request
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo one
""".lstrip()
INJECTION = '      - run: echo "${{ github.event.pull_request.title }}"\n'


@shellcheck
def test_shellcheck_says_what_is_new():
    assert hits("shellcheck", {"a.sh": "#!/bin/sh\nset -e\n"}, {"a.sh": BODY}) == [
        ("SC2115", "a.sh", 3)
    ]
    assert hits("shellcheck", {"a.sh": BODY}, {"a.sh": BODY + "exit 0\n"}) == []
    assert (
        hits("shellcheck", {"a.sh": BODY}, {"b.sh": "#!/bin/sh\n" + BODY.split("\n", 1)[1]}) == []
    )


@shellcheck
def test_a_script_that_does_not_parse_is_one_finding():
    assert hits("shellcheck", {"a.sh": "#!/bin/sh\n"}, {"a.sh": "#!/bin/sh\nif x; then\ny\n"}) == [
        ("syntax-error", "a.sh", 2)
    ]
    assert hits("shellcheck", {"a.sh": "#!/bin/sh\nif x\n"}, {"a.sh": "#!/bin/sh\nif x\n\n"}) == []


@shellcheck
def test_shellcheck_is_silenced_line_by_line_only():
    silenced = '#!/bin/sh\nset -e\n# why not\n# shellcheck disable=SC2115,SC1\nrm -rf "$1"/*\n'
    assert hits("shellcheck", {}, {"a.sh": silenced}) == []
    assert hits("shellcheck", {}, {"a.sh": "#!/bin/sh\n# shellcheck disable=all\n\n" + BODY}) == [
        ("SC2115", "a.sh", 6)
    ]


@zizmor
def test_zizmor_says_what_is_new():
    path = ".github/workflows/a.yml"
    (hit,) = analyzed("zizmor", {path: FLOW}, {path: FLOW + INJECTION}).evidence
    assert hit == Evidence(
        source="zizmor",
        rule="template-injection",
        path=path,
        start=8,
        end=8,
        message=(
            "Code injection via template expansion: may expand into attacker-controllable code."
        ),
        fix="Replace expression with environment variable.",
    )
    assert (
        hits(
            "zizmor", {path: FLOW + INJECTION}, {path: FLOW + INJECTION + "      - run: echo two\n"}
        )
        == []
    )
    assert hits("zizmor", {}, {"other/a.yml": FLOW + INJECTION}) == []


@zizmor
def test_a_workflow_that_does_not_parse_is_no_crash():
    path = ".github/workflows/a.yml"
    for body in ("a: [", "", "- x\n", "\x00"):
        assert analyzed("zizmor", {path: FLOW}, {path: body}).evidence == ()
