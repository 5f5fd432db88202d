from __future__ import annotations

from support.memory import opened

from reviewer import memory


def test_reports_are_known_by_path_and_content(tmp_path):
    with opened(tmp_path) as store:
        assert memory.reports(store) == {}
        memory.remember_reports(store, {"/r/a.html": "01", "/r/\udce9.json": "02"})
        memory.remember_reports(store, {"/r/a.html": "03"})
        memory.remember_reports(store, {"/r/a.html": "03"})
        assert memory.reports(store) == {
            "/r/a.html": frozenset({"01", "03"}),
            "/r/\udce9.json": frozenset({"02"}),
        }


def test_a_row_that_somebody_else_wrote_names_no_report(tmp_path):
    with opened(tmp_path) as store:
        for number, body in enumerate(
            ("", "{", "[]", '["a"]', '[["a"], "b"]', "7", "[1, 2]", '["/r/a", "01"]')
        ):
            store.transaction(
                lambda run, number=number, body=body: run(
                    "INSERT INTO cache VALUES ('report', ?, ?, 0, 0, 0.0, 0.0, 0.0)",
                    str(number),
                    body,
                )
            )
        assert memory.reports(store) == {"/r/a": frozenset({"01"})}
