import pytest
from support.change import change

from reviewer.pipeline import evidence


@pytest.mark.parametrize(
    ("files", "left", "limit"),
    [(1, 900.0, 20.02), (1000, 900.0, 40.0), (1000, 30.0, 24.0), (1, 10.0, 8.0), (1, -1.0, 0.0)],
)
def test_analyzers_get_more_time_for_more_files_and_leave_some_of_it(files, left, limit):
    subject = change({}, {f"{number}.py": b"x\n" for number in range(files)})
    assert evidence._time_limit(subject, left) == pytest.approx(limit)
