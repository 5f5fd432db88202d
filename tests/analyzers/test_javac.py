from pathlib import Path

import pytest
from support.analyzed import analyzed
from support.toolchains import needs

from reviewer.analyzers import javac_tool, registry
from reviewer.analyzers.base import AnalyzerError
from reviewer.types import Evidence, Place

pytestmark = needs(registry.JAVA_TOOL)
CORE = """package shop.core;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

public class Core implements Store {
    public static final int LIMIT = 3;

    public static int total(int first, int second) {
        return first + second;
    }

    public @Nullable String get(String key) {
        return key;
    }

    public int size() {
        return LIMIT;
    }

    public void open() {
    }

    @Override
    public String toString() {
        return "core";
    }
}
"""
STORE = """package shop.core;

public interface Store {
    String get(String key);
}
"""
MODE = """package shop.core;

public enum Mode {
    FAST,
    SLOW
}
"""
USE = """package shop.use;

import shop.core.Core;
import shop.core.Mode;
import static shop.core.Core.total;

public class Use {
    int run(Core core) {
        core.open();
        if (core.size() > Core.LIMIT || core.get("a") == null) {
            return total(1, 2);
        }
        Mode mode = Mode.SLOW;
        return Core.total(mode.ordinal(), 3);
    }
}
"""
TEST = """package shop.core;

import static org.junit.Assert.assertEquals;

import org.junit.Test;

public class CoreTest {
    @Test
    public void totals() {
        assertEquals(3, Core.total(1, 2));
        assertEquals(3, new Core().size());
    }
}
"""
BASE = {
    "src/main/java/shop/core/Core.java": CORE,
    "src/main/java/shop/core/Store.java": STORE,
    "src/main/java/shop/core/Mode.java": MODE,
    "src/main/java/shop/use/Use.java": USE,
    "src/test/java/shop/core/CoreTest.java": TEST,
}
_CORE, _STORE, _MODE, _USE, _TEST = BASE


def replaced(path: str, *pairs: str) -> dict[str, str]:
    text = BASE[path]
    for old, new in zip(pairs[::2], pairs[1::2], strict=True):
        assert old in text
        text = text.replace(old, new)
    return {path: text}


BROKEN = [
    (
        replaced(_CORE, "int second)", "int second, int rate)"),
        [
            ("wrong-arguments", _TEST, 10),
            ("wrong-arguments", _USE, 11),
            ("wrong-arguments", _USE, 14),
        ],
    ),
    (
        replaced(_CORE, "int total(", "int sum("),
        [
            ("undefined-symbol", _TEST, 10),
            ("undefined-symbol", _USE, 5),
            ("undefined-symbol", _USE, 11),
            ("undefined-symbol", _USE, 14),
        ],
    ),
    (
        replaced(_CORE, "int size()", "int length()"),
        [("undefined-symbol", _TEST, 11), ("undefined-symbol", _USE, 10)],
    ),
    (
        replaced(_CORE, "int LIMIT", "int MOST", "return LIMIT", "return MOST"),
        [("undefined-symbol", _USE, 10)],
    ),
    (replaced(_MODE, "SLOW", "LATE"), [("undefined-symbol", _USE, 13)]),
    (
        replaced(_STORE, "key);", "key);\n\n    void put(String key);"),
        [("missing-method", _CORE, 6)],
    ),
    (
        replaced(_CORE, "void open()", "void open() throws IOException"),
        [("unreported-exception", _USE, 9)],
    ),
    (
        replaced(_CORE, "public int size()", "private int size()"),
        [("no-access", _TEST, 11), ("no-access", _USE, 10)],
    ),
    (replaced(_CORE, "public int size()", "public String size()"), [("type-mismatch", _CORE, 18)]),
    (replaced(_CORE, "        return first + second;\n", ""), [("missing-return", _CORE, 10)]),
    (replaced(_CORE, "toString", "toText"), [("override-conflict", _CORE, 24)]),
    (replaced(_USE, "int run", "String run"), [("type-mismatch", _USE, n) for n in (11, 14)]),
]


@pytest.mark.parametrize(("change", "expected"), BROKEN)
def test_what_the_change_breaks_is_found_where_it_breaks(change, expected) -> None:
    found = analyzed("javac", BASE, {**BASE, **change}).evidence
    assert sorted((hit.rule, hit.path, hit.start) for hit in found) == sorted(expected)


def test_a_hit_names_the_definition_that_it_is_about() -> None:
    change = replaced(_CORE, "int second)", "int second, int rate)")
    found = analyzed("javac", BASE, {**BASE, **change}).evidence
    assert min(found, key=lambda hit: hit.start or 0) == Evidence(
        source="javac",
        rule="wrong-arguments",
        path=_TEST,
        start=10,
        end=10,
        message="`total` of `Core` takes (int, int, int), and is given (int, int).",
        related=(Place(_CORE, 9, 9, "`total` was altered here"),),
    )


ADDED = (
    "package shop.use;\n\n%s\n\npublic class Added%s {\n    void run() {\n        %s\n    }\n}\n"
)
FINE = [
    ("import org.missing.Base;", " extends Base", "nothing(1); this.more = 2;"),
    ("import org.missing.*;", "", "Any.thing(); anything();"),
    ("import static org.missing.Base.*;", "", "anything(1);"),
    ("import org.missing.Base;", "", "int x = Base.get(); String s = Base.get();"),
    ("import org.missing.Base;", "", "Base.with(() -> { throw new Exception(); });"),
    ("import org.missing.Base;", "", "new Base() { @Override public void run() {} };"),
    ("import lombok.Data;", "", "getName(); setName(1);"),
    ("import java.util.List;", "", "List.of(1).getFirstest();"),
    ("import org.missing.Base;", "", "shop.core.Core.total(Base.a(), Base.b());"),
    ("", "", "int x = ; nothing();"),
]


@pytest.mark.fault(
    "syntax",
    "Java whose dependencies and generated members are not in the repository",
    "they are unknown to its compiler and never a finding",
)
def test_what_is_not_known_is_no_reason_to_complain() -> None:
    head = {
        **BASE,
        **{
            f"src/main/java/shop/use{n}/Added.java": (ADDED % each).replace(
                "shop.use", f"shop.use{n}"
            )
            for n, each in enumerate(FINE)
        },
        _STORE: STORE + "\n",
    }
    assert analyzed("javac", BASE, head).evidence == ()


def test_equal_names_of_files_are_told_apart_by_their_lines() -> None:
    other = "package shop.other;\n\npublic class Use {\n}\n"
    base = {**BASE, "other/src/shop/other/Use.java": other}
    change = replaced(_CORE, "int size()", "int length()")
    assert [
        (hit.rule, hit.path, hit.start)
        for hit in analyzed("javac", base, {**base, **change}).evidence
        if hit.path != _TEST
    ] == [("undefined-symbol", _USE, 10)]


def test_lines_are_counted_as_git_does() -> None:
    base = {"a/B.java": "package a;\nclass B { static void f() {} }\n"}
    base["a/U.java"] = "package a;\n/* x\ry */\r\nclass U { void g() { B.f(); } }\n"
    head = {**base, "a/B.java": "package a;\nclass B { static void h() {} }\n"}
    found = analyzed("javac", base, head).evidence
    assert [(hit.rule, hit.path, hit.start) for hit in found] == [
        ("undefined-symbol", "a/U.java", 3)
    ]


@pytest.mark.fault(
    "verdict",
    "a report of the Java compiler that was cut off",
    "it counts as a failure, since what is missing in it would seem to be there",
)
@pytest.mark.parametrize(
    ("limit", "most", "said"),
    [("_MAX_ERRORS", 1, "too much is missing"), ("_MAX_REPORT", 40, "report is too large")],
)
def test_a_report_that_was_cut_off_is_not_believed(
    monkeypatch: pytest.MonkeyPatch, limit: str, most: int, said: str
) -> None:
    monkeypatch.setattr(javac_tool, limit, most)
    with pytest.raises(AnalyzerError, match=said):
        analyzed("javac", {}, {"a/U.java": "package a;\nclass U { B b; C c; }\n"})


@pytest.mark.fault(
    "code",
    "annotation processors and compiler plugins in the reviewed repository",
    "javac neither finds nor runs them, and gets none of the variables that name options",
)
def test_nothing_of_the_repository_runs_in_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "ran"
    processor = (
        "import javax.annotation.processing.*;\n\npublic class Evil extends AbstractProcessor {\n"
        f'    static {{ new java.io.File("{mark}").mkdir(); }}\n'
        "    public boolean process(java.util.Set<? extends javax.lang.model.element.TypeElement> a"
        ", RoundEnvironment r) { return false; }\n}\n"
    )
    service = "META-INF/services/javax.annotation.processing.Processor"
    for name in ("JAVA_TOOL_OPTIONS", "JDK_JAVAC_OPTIONS", "_JAVA_OPTIONS"):
        monkeypatch.setenv(name, "-no-such-option")
    monkeypatch.setenv("CLASSPATH", str(tmp_path))
    head = {
        **BASE,
        "src/main/java/Evil.java": processor,
        service: "Evil\n",
        "@a.java": "class A {}",
    }
    result = analyzed("javac", BASE, head)
    assert (result.evidence, result.problem, mark.exists()) == ((), None, False)


def test_a_change_that_breaks_nothing_is_silent() -> None:
    change = replaced(_CORE, "first + second", "0")
    assert analyzed("javac", BASE, {**BASE, **change}).evidence == ()
