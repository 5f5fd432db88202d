import pytest
from support.analyzed import analyzed, hits

from reviewer.analyzers import missing
from reviewer.types import Evidence

pytestmark = pytest.mark.skipif("hadolint" in missing(), reason="needs the extra `analyzers`")
BASE = "FROM debian:12\nWORKDIR /a\n"
PATH = "app/Dockerfile"


def test_what_it_says():
    head = f"{BASE}RUN apt-get update && apt-get install curl\n"
    assert analyzed("hadolint", {PATH: BASE}, {PATH: head}).evidence == (
        Evidence(
            source="hadolint",
            rule="DL3014",
            path=PATH,
            start=3,
            end=3,
            message="Use the `-y` switch to avoid manual input `apt-get -y install <package>`.",
        ),
    )


@pytest.mark.parametrize(
    ("added", "found"),
    [
        ("EXPOSE 80 70000\n", [("DL3011", 3)]),
        ("ENV A=1 B=$A\n", [("DL3044", 3)]),
        ("ENV PATH=/a:$PATH\n", []),
        ("CMD a\nCMD b\n", [("DL4003", 4)]),
        ("CMD a\nFROM debian:12\nCMD b\n", []),
        ("FROM debian:12 AS b\nFROM debian:12 AS b\n", [("DL3024", 4)]),
        ('RUN rm -rf "$A"/*\n', [("SC2115", 3)]),
        ("RUN yum install a\n", [("DL3030", 3)]),
        ("RUN apt-get install a\n", [("DL3014", 3)]),
        ("RUN apt-get install -y a && \\\n  apt-get install -s b\n", []),  # only simulated
        ("RUN yes | apt-get install a\n", []),
        # What is no more than style:
        ("FROM debian\nRUN cd /a && pip install b\nADD c /d\nMAINTAINER e\n", []),
        ("COPY a b .\n", []),
        # It may not know every instruction, and then reads nothing else of the file.
        ("NEWER a\nEXPOSE 70000\n", [("parse-error", 3)]),
    ],
)
def test_what_is_a_defect(added, found):
    assert hits("hadolint", {PATH: BASE}, {PATH: BASE + added}) == [
        (rule, PATH, line) for rule, line in found
    ]


def test_only_what_the_change_brings():
    broken = f"{BASE}EXPOSE 70000\n"
    assert hits("hadolint", {PATH: broken}, {PATH: f"# moved\n{broken}"}) == []
    assert hits("hadolint", {PATH: broken}, {"other/Containerfile": broken}) == []
    assert hits("hadolint", {}, {"a.txt": broken}) == []


@pytest.mark.parametrize(
    ("comment", "rules"),
    [
        ("# hadolint ignore=DL3011\n", []),
        ("# hadolint ignore=DL3014, DL3011\n# why\n", []),
        ("# hadolint ignore=DL3014\n", ["DL3011"]),
        ("# hadolint ignore=DL3011\n\n", ["DL3011"]),
    ],
)
def test_a_comment_silences_the_instruction_below(comment, rules):
    head = f"{BASE}{comment}EXPOSE 70000\n"
    assert [rule for rule, _, _ in hits("hadolint", {PATH: BASE}, {PATH: head})] == rules


def test_nothing_of_the_repository_configures_it():
    ignored = "# hadolint global ignore=DL3011\n"
    config = {".hadolint.yaml": "ignored: [DL3011]\n", "app/.hadolint.yaml": "ignored: [DL3011]\n"}
    head = config | {PATH: f"{ignored}{BASE}EXPOSE 70000\n"}
    assert hits("hadolint", {}, head) == [("DL3011", PATH, 4)]
