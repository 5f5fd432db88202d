import pytest
from support.change import change
from support.pipeline import found, run
from support.repo import Repo
from support.scripted import Scripted

from reviewer.analyzers import missing
from reviewer.pipeline import evidence


@pytest.mark.parametrize(
    ("files", "left", "limit"),
    [(1, 900.0, 20.02), (1000, 900.0, 40.0), (1000, 30.0, 24.0), (1, 10.0, 8.0), (1, -1.0, 0.0)],
)
def test_analyzers_get_more_time_for_more_files_and_leave_some_of_it(files, left, limit):
    subject = change({}, {f"{number}.py": b"x\n" for number in range(files)})
    assert evidence._time_limit(subject, left) == pytest.approx(limit)


FLOW = """
on: pull_request
permissions: {}
jobs:
  a:
    runs-on: ubuntu-latest
    steps:
      - run: echo one
      - run: echo "${{ github.event.pull_request.title }}"
      - run: echo "${{ github.event.pull_request.title }}"
      - run: echo "${{ github.event.pull_request.body }}"
""".lstrip()


@pytest.mark.skipif("zizmor" in missing(), reason="needs the extra `analyzers`")
@pytest.mark.fault(
    "verdict",
    "an analyzer that says the same of several lines of a file",
    "one finding with all its places",
)
def test_what_is_said_of_several_lines_is_one_finding(tmp_path):
    repo = Repo(tmp_path / "repo", tmp_path / "home")
    repo.commit({"a.txt": "a\n"})
    repo.write(".github/workflows/a.yml", FLOW)
    stream, _ = run(repo, Scripted(), engine="none", analyzers=("zizmor",))
    (finding,) = found(stream)
    assert (finding.rule, finding.start_line) == ("template-injection", 8)
    assert [each.start_line for each in finding.places] == [9, 10]
