"""The rows of docs/architecture.md: a module imports only from rows above its own, or from its own
folder."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1] / "reviewer"
LAYERS = [
    {"errors"},
    {
        "types",
        "messages",
        "text",
        "resources",
        "temporary",
        "globs",
        "disk",
        "programs",
    },
    {"languages", "reasons", "installer"},
    {"pipes", "children"},
    {"process", "events", "replies", "diff"},
    {"workspace", "watchdog"},
    {"config", "secrets"},
    {"analyzers", "context", "questions", "prompt", "models"},
    {"serving", "findings"},
    {"verify", "fixes", "memory"},
    {"pipeline"},
    {"outputs", "verdict"},
    {"doors", "lab"},
    {"cli"},
]
# Within pipeline/, the same: no module imports from a row below its own.
PIPELINE = [
    {"pace", "request"},
    {"seams", "clock", "nearby", "sizes", "thinking"},
    {"subject"},
    {"outcome", "plan", "gaps", "hidden", "tally"},
    {"passes", "compare", "again"},
    {"results"},
    {"ledger"},
    {"interview"},
    {"answers"},
    {"ask_unit"},
    {"settle"},
    {"evidence", "recall"},
    {"review", "explain"},
    {"fix_loop"},
]
LAB_COMMANDS = {"dataset", "eval", "eval_mutate", "eval_report", "schema"}
TUI = ROOT / "doors" / "tui"
ROW = {name: row for row, names in enumerate(LAYERS) for name in names} | {"__version__": -1}
FILES = [path for path in sorted(ROOT.rglob("*.py")) if path.parent != ROOT or path.stem[0] != "_"]


def owner(path: Path) -> str:
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (
                alias.name.split(".")[1]
                for alias in node.names
                if alias.name.startswith("reviewer.")
            )
        elif isinstance(node, ast.ImportFrom) and node.module == "reviewer":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reviewer."):
            assert node.module is not None
            yield node.module.split(".")[1]
        elif isinstance(node, ast.ImportFrom):
            assert not node.level, f"{path}: relative import"


def test_every_module_has_a_row():
    assert {owner(path) for path in FILES} <= set(ROW)


def test_imports_point_up():
    assert not [
        (str(path.relative_to(ROOT)), name)
        for path in FILES
        for name in imported(path)
        if name != owner(path) and ROW[name] >= ROW[owner(path)]
    ]


def test_imports_within_the_pipeline_point_up():
    row = {name: at for at, names in enumerate(PIPELINE) for name in names}
    below = []
    for path in sorted((ROOT / "pipeline").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(
                "reviewer.pipeline"
            ):
                _, _, *rest = (node.module or "").split(".")
                names = rest[:1] or [alias.name for alias in node.names]
                below += [(path.stem, name) for name in names if row[name] >= row[path.stem]]
    assert not below


def test_only_its_commands_import_the_lab():
    assert {
        path.relative_to(ROOT / "cli").stem if owner(path) == "cli" else str(path)
        for path in FILES
        for name in imported(path)
        if name == "lab" and owner(path) != "lab"
    } == LAB_COMMANDS


def test_modules_stay_small():
    """300 is the aim; 316 until the fix loop is split, which longer lines have made longer."""
    assert not [
        str(path) for path in FILES if len(path.read_text(encoding="utf-8").splitlines()) > 300
    ]


HEAVY = {
    "git",
    "gitdb",
    "httpx",
    "jsonschema",
    "mcp",
    "textual",
    "rich",
    "vllm",
    "xllamacpp",
    "ast_grep_py",
    "yaml",
    "matplotlib",
}


def test_heavy_packages_are_imported_where_they_are_needed():
    """Never at the top of a module, so that no command pays for what it does not use."""
    assert not [
        (str(path.relative_to(ROOT)), name)
        for path in FILES
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [node.module or ""]
        )
        if name.split(".")[0] in HEAVY - ({"textual"} if path.parent == TUI else set())
    ]


def test_the_screen_is_imported_where_it_is_needed():
    """The classes of `tui` extend those of Textual, so its modules import that at their top.
    Nothing else does, and nothing imports them at its own top, not even the package that they are
    in."""
    assert not [
        (str(path.relative_to(ROOT)), ast.unparse(node))
        for path in FILES
        if path.parent != TUI or path.name == "__init__.py"
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, (ast.Import, ast.ImportFrom))
        and re.search(r"\b(tui|textual)\b", ast.unparse(node))
    ]
