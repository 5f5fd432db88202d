import ast
from pathlib import Path

ROOT = Path(__file__).parents[1] / "reviewer"
LAYERS = [  # a module imports only from rows above its own (or from its own folder)
    {"errors"},
    {"types", "text", "resources", "languages"},
    {"process", "events", "replies"},
    {"workspace", "diff"},
    {"config", "secrets"},
    {"analyzers", "context", "prompt", "models"},
    {"serving", "findings"},
    {"verify", "fixes", "memory", "run"},
    {"review"},
    {"outputs", "verdict"},
    {"hooks", "mcp_server", "integrations", "evals"},
    {"cli"},
]
ROW = {name: row for row, names in enumerate(LAYERS) for name in names}
FILES = [p for p in sorted(ROOT.rglob("*.py")) if p.parent != ROOT or p.stem[0] != "_"]


def owner(path):
    return path.relative_to(ROOT).with_suffix("").parts[0]


def imported(path):
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module == "reviewer":
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("reviewer."):
            yield node.module.split(".")[1]


def test_imports_point_up():
    assert not [
        (str(path.relative_to(ROOT)), name)
        for path in FILES
        for name in imported(path)
        if name != owner(path) and ROW[name] >= ROW[owner(path)]
    ]


def test_modules_stay_small():
    assert not [str(p) for p in FILES if len(p.read_text().splitlines()) > 300]
