"""The text of settings, before and after; that everything comes back is tested with whole files in
test_plan."""

from __future__ import annotations

import pytest

from reviewer.doors.integrations import settings
from reviewer.doors.integrations.hosts import Reminder

PLAIN = Reminder("p.json", "h.json", "Stop", {"run": "us", "n": 1}, "us", {})
ROOTED = Reminder("p.json", "h.json", "Stop", {"run": "us"}, "us", {"version": 1})

CASES = [
    # no object: laid out by itself
    (
        "{}\n",
        """\
{
  "hooks": {
    "Stop": [
      {
        "run": "us",
        "n": 1
      }
    ]
  }
}
""",
        ("hooks",),
    ),
    # its neighbours are on one line, so it is as well
    ('{"a":1}', '{"a":1, "hooks": {"Stop": [{"run": "us", "n": 1}]}}', ("hooks",)),
    # indented like its neighbours, with their line ends
    (
        '{\r\n\t"a": 1\r\n}',
        """\
{\r
\t"a": 1,\r
\t"hooks": {\r
\t\t"Stop": [\r
\t\t\t{\r
\t\t\t\t"run": "us",\r
\t\t\t\t"n": 1\r
\t\t\t}\r
\t\t]\r
\t}\r
}""",
        ("hooks",),
    ),
    # the object is there and empty
    (
        '{"hooks": {}, "z": 0}',
        """\
{"hooks": {
  "Stop": [
    {
      "run": "us",
      "n": 1
    }
  ]
}, "z": 0}""",
        ("Stop",),
    ),
    # other hooks are there
    (
        """\
{
    "hooks": {
        "Start": []
    },
    "z": 0
}
""",
        """\
{
    "hooks": {
        "Start": [],
        "Stop": [
            {
                "run": "us",
                "n": 1
            }
        ]
    },
    "z": 0
}
""",
        ("Stop",),
    ),
    # others run at the same event
    (
        '{"hooks": {"Stop": [{"run": "}],[{\\"x"}]}}',
        '{"hooks": {"Stop": [{"run": "}],[{\\"x"}, {"run": "us", "n": 1}]}}',
        (),
    ),
]


@pytest.mark.parametrize(("before", "after", "keys"), CASES)
def test_an_entry_comes_and_goes(before, after, keys):
    assert settings.add(before, PLAIN) == (after, keys)
    assert settings.add(after, PLAIN) == (after, ())
    assert settings.remove(after, PLAIN, keys, force=False) == before
    assert settings.remove(before, PLAIN, keys, force=False) is None


def test_what_the_file_must_have_besides():
    assert settings.add('{"x": 0}', ROOTED) == (
        '{"x": 0, "version": 1, "hooks": {"Stop": [{"run": "us"}]}}',
        ("version", "hooks"),
    )
    assert (
        settings.add('{"version": 2}', ROOTED)[0]
        == '{"version": 2, "hooks": {"Stop": [{"run": "us"}]}}'
    )


REMOVALS = [
    # in the middle and first: the neighbours stay
    ('{"hooks": {"Stop": [1, {"run": "us", "n": 1}, 2]}}', (), '{"hooks": {"Stop": [1, 2]}}'),
    ('{"hooks": {"Stop": [{"run": "us", "n": 1}, 2]}}', ("hooks",), '{"hooks": {"Stop": [2]}}'),
    # what was not made for it stays, even if it is empty now
    ('{"hooks": {"Stop": [{"run": "us", "n": 1}]}}', (), '{"hooks": {"Stop": []}}'),
    ('{"hooks": {"Stop": [{"run": "us", "n": 1}]}}', ("Stop",), '{"hooks": {}}'),
    ('{"hooks": {"Stop": [{"run": "us", "n": 1}]}}', ("hooks",), "{}"),
    # nobody knows what was made
    ('{"a": 1, "hooks": {"Stop": [{"run": "us", "n": 1}]}}', None, '{"a": 1}'),
    ('{"hooks": {"Stop": [{"run": "us", "n": 1}], "Start": []}}', None, '{"hooks": {"Start": []}}'),
    # laid out anew by somebody since
    ('{ "hooks" : { "Stop" : [ { "n":1,"run":"us" } ] } , "b":2 }', ("hooks",), '{ "b":2 }'),
]


@pytest.mark.parametrize(("before", "keys", "after"), REMOVALS)
def test_what_is_left(before, keys, after):
    assert settings.remove(before, PLAIN, keys, force=False) == after


def test_the_version_stays_where_others_need_it():
    text = '{"version": 1, "hooks": {"Stop": [{"run": "us"}], "Start": [1]}}'
    assert (
        settings.remove(text, ROOTED, ("version", "hooks"), force=False)
        == '{"version": 1, "hooks": {"Start": [1]}}'
    )
    alone = '{"version": 1, "hooks": {"Stop": [{"run": "us"}]}}'
    assert settings.remove(alone, ROOTED, ("version", "hooks"), force=False) == "{}"
    assert (
        settings.remove(alone.replace("1", "2"), ROOTED, ("version", "hooks"), force=False)
        == '{"version": 2}'
    )


def test_named_elsewhere_is_not_ours():
    text = '{"note": "us", "hooks": {"Start": ["us"]}}'
    assert settings.remove(text, PLAIN, None, force=True) is None
