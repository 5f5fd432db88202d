import ast
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from reviewer import secrets

EXAMPLES = Path(__file__).parents[2] / "examples"
SCRIPT = EXAMPLES / "make_workspace.py"
STATUS = " M shop/cli.py\nM  shop/orders.py\nM  web/cart.js\n?? shop/export.py\n"
CHANGED = {
    "shop/checkout.py",
    "shop/cli.py",
    "shop/export.py",
    "shop/orders.py",
    "shop/pricing.py",
    "shop/settings.py",
    "tests/test_pricing.py",
    "web/cart.js",
}


def make(target, **environ):
    return subprocess.run(
        [sys.executable, SCRIPT, target], capture_output=True, text=True, env=os.environ | environ
    )


def git(workspace, *arguments):
    return subprocess.run(
        ["git", "-C", workspace, *arguments], check=True, capture_output=True, text=True
    ).stdout


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    target = tmp_path_factory.mktemp("shop")
    done = make(target)
    assert (done.returncode, done.stdout, done.stderr) == (
        0,
        f"Review it with: cd {target} && reviewer\n",
        "",
    )
    return target


def python(workspace, *arguments, **environ):
    environment = (
        os.environ | {"PYTHONDONTWRITEBYTECODE": "1", "SHOP_DATABASE": ":memory:"} | environ
    )
    return subprocess.run(
        [sys.executable, *arguments], cwd=workspace, capture_output=True, text=True, env=environment
    )


def said(workspace, code):
    """What the last line of a little program in the workspace says, on stdout or, for an error, on
    stderr."""
    done = python(workspace, "-c", code)
    return (done.stdout + done.stderr).strip().splitlines()[-1]


def test_is_a_branch_with_work_in_every_state(workspace):
    assert git(workspace, "status", "--porcelain") == STATUS
    assert git(workspace, "branch", "--format=%(refname:short)") == "feature/currencies\nmain\n"
    assert git(workspace, "rev-parse", "--abbrev-ref", "HEAD") == "feature/currencies\n"
    assert (
        git(workspace, "log", "--format=%s|%an|%aI", "main..")
        == "Prices in other currencies, and coupons|Ann Example|2026-03-03T09:00:00+00:00\n"
    )
    assert git(workspace, "rev-list", "--count", "main") == "1\n"


def test_stays_small_enough_for_the_smoke_model(workspace):
    rows = [row.split("\t") for row in git(workspace, "diff", "--numstat", "main").splitlines()]
    lines = sum(int(added) + int(removed) for added, removed, _ in rows)
    lines += len((workspace / "shop/export.py").read_text().splitlines())
    assert {name for *_, name in rows} | {"shop/export.py"} == CHANGED
    assert lines <= 150


def test_comes_out_the_same_whatever_the_environment(workspace, tmp_path):
    config = tmp_path / "gitconfig"
    config.write_text(
        "[user]\nname = Other\n[core]\nautocrlf = true\nhooksPath = /nonexistent\n[commit]\ngpgsign"
        " = true\n"
    )
    twin = tmp_path / "twin"
    done = make(
        twin,
        GIT_CONFIG_GLOBAL=str(config),
        GIT_DIR="/nonexistent",
        GIT_AUTHOR_NAME="Other",
        TZ="Asia/Tokyo",
    )
    assert done.stderr == ""
    for question in (
        ["rev-parse", "HEAD", "main"],
        ["diff", "--cached"],
        ["diff"],
        ["status", "--porcelain"],
    ):
        assert git(twin, *question) == git(workspace, *question)
    assert (twin / "shop/export.py").read_bytes() == (workspace / "shop/export.py").read_bytes()


@pytest.mark.parametrize("kind", ["full", "file", "link"])
def test_refuses_a_target_that_is_not_empty(tmp_path, kind):
    target = tmp_path / "target"
    if kind == "full":
        (target / "mine").mkdir(parents=True)
    elif kind == "file":
        target.write_text("mine")
    else:
        target.symlink_to(tmp_path)
    before = sorted(tmp_path.rglob("*"))
    done = make(target)
    assert (done.returncode, done.stderr) == (
        1,
        f"{target} is not an empty directory: name another one.\n",
    )
    assert sorted(tmp_path.rglob("*")) == before


def test_the_base_passes_its_tests(workspace, tmp_path):
    git(workspace, "clone", "--quiet", "--branch=main", str(workspace), str(tmp_path / "base"))
    done = python(tmp_path / "base", "-W", "error", "-m", "unittest", "discover", "-s", "tests")
    assert done.stderr.splitlines()[-3:] == [
        "Ran 12 tests in " + done.stderr.split("Ran 12 tests in ")[1][:6],
        "",
        "OK",
    ]
    shown = python(
        tmp_path / "base", "-m", "shop.cli", "order", "ann@example.com", "mug=2", "pen=1"
    )
    assert (shown.returncode, shown.stdout.splitlines()[-1]) == (0, "3 items, 24.96 EUR")


def test_the_change_fails_the_tests_that_its_defects_touch(workspace):
    done = python(workspace, "-m", "unittest", "discover", "-s", "tests")
    assert re.findall(r"^(?:ERROR|FAIL): (\w+)", done.stderr, re.MULTILINE) == [
        "test_an_order_is_paid_stored_and_confirmed",
        "test_the_daily_report",
    ]


TABLE = re.findall(
    r"^\| (\d+) \| (\S+) \| (\d+)( \(unchanged\))? \| (\w+) \|",
    (EXAMPLES / "shop/DEFECTS.md").read_text(),
    re.M,
)
LINES = {  # number of the defect: what stands in its line
    "1": "    return pricing.total(lines, settings.TAX_RATE)",
    "2": "def with_coupons(net, codes, used=[]):",
    "3": 'EXPORT_KEY_ID = "AKIA',
    "4": "    await transport(settings.RECEIPT_SENDER, customer, receipt(customer, amount))",
    "5": "    notify.send_receipt(transport, cart.customer, amount)",
    "6": "        pricing.subtotal(lines(pen=9))",
    "7": '        f"select day, customer, sku, quantity, total from orders where customer = ',
    "8": "  for (let first = 0; first <= lines.length; first += size) {",
    "9": '    print(f"{count} orders written to {target}")',
    "10": '    file = open(path, "w", encoding="utf-8", newline="")',
    "11": "    except Exception:",
}


def test_the_list_of_defects_is_complete():
    assert [row[0] for row in TABLE] == list(LINES)
    assert {row[1] for row in TABLE if not row[3]} == CHANGED


@pytest.mark.parametrize(("number", "file", "line", "unchanged", "symbol"), TABLE)
def test_each_defect_is_where_the_list_says(workspace, number, file, line, unchanged, symbol):
    text = (workspace / file).read_text()
    assert text.split("\n")[int(line) - 1].startswith(LINES[number])
    assert (file not in CHANGED) == bool(unchanged)
    if file.endswith(".py"):
        inside = [
            node
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Assign)
            and node.lineno <= int(line) <= (node.end_lineno or 0)
        ]
        names = {getattr(node, "name", None) or node.targets[0].id for node in inside}
        assert symbol in names
    else:
        assert f"function {symbol}(" in text


BEHAVIOUR = {
    "1": (
        "from shop import report; report.revenue([])",
        "TypeError: total() missing 1 required positional argument: 'currency'",
    ),
    "2": (
        (
            "from shop import pricing as p; print(p.with_coupons(1000, ['SPRING']),"
            " p.with_coupons(1000, ['SPRING']))"
        ),
        "900 1000",
    ),
    "4": (
        (
            "import asyncio; from shop import notify;"
            " asyncio.run(notify.send_receipt(notify.print_mail, 'a', 1))"
        ),
        "AttributeError: module 'shop.settings' has no attribute 'RECEIPT_SENDER'",
    ),
    "5": (
        (
            "import asyncio, contextlib, io, warnings; warnings.simplefilter('ignore'); mails ="
            " []\nasync def transport(*mail): mails.append(mail)\nfrom shop import checkout,"
            " inventory, orders; from shop.cart import Cart; cart = Cart('a');"
            " cart.add('mug')\nwith orders.database() as db:\n    paid ="
            " asyncio.run(checkout.place_order(cart, inventory.Inventory({'mug': 1}), db,"
            " transport, 'd'))\nprint(paid, mails)"
        ),
        "1140 []",
    ),
    "6": (
        (
            "import unittest; from shop import pricing; pricing.BULK_RATE = 0.9; from tests import"
            " test_pricing as t\ncase = t.Pricing('test_bulk_discount_from_ten_pieces').run();"
            " print(case.wasSuccessful())"
        ),
        "True",
    ),
    "7": (
        (
            "from shop import orders\n"
            "with orders.database() as db:\n"
            "    orders.save(db, [orders.Order('d', 'ann', 'mug', 1, 1)])\n"
            "    print(len(orders.by_customer(db, \"' or '1'='1\")))"
        ),
        "1",
    ),
    "9": (
        "import os; from shop import cli; cli.main(['export', os.devnull])",
        "NameError: name 'target' is not defined",
    ),
    "10": (
        (
            "import os, warnings; warnings.simplefilter('always'); from shop import export;"
            " export.write([], os.devnull)"
        ),
        "ResourceWarning: Enable tracemalloc to get the object allocation traceback",
    ),
    "11": ("from shop import export; print(export.upload(None, 'x'))", "True"),
}


@pytest.mark.parametrize("number", list(BEHAVIOUR))
def test_each_defect_does_what_the_list_says(workspace, number):
    code, expected = BEHAVIOUR[number]
    assert said(workspace, code) == expected


def test_the_page_too_many(workspace):
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed")
    module = (
        "data:text/javascript,' + encodeURIComponent(require('fs').readFileSync('web/cart.js')) + '"
    )
    code = (
        f"import('{module}').then(cart => console.log(cart.pages([1, 2], 2).length,"
        " cart.formatPrice(5, 'USD')))"
    )
    done = subprocess.run([node, "-e", code], cwd=workspace, capture_output=True, text=True)
    assert done.stdout == "2 0.05 USD\n", done.stderr


def test_the_key_is_recognised_in_the_workspace_and_nowhere_published(workspace):
    text = (workspace / "shop/settings.py").read_text()
    (found,) = secrets.find(text)
    key = text[found.start : found.end]
    assert (found.kind, key) == ("aws-access-key", "AKIA" + "NOTAREALKEY7FAKE")
    published = [
        path for path in EXAMPLES.rglob("*") if path.is_file() and "__pycache__" not in path.parts
    ]
    assert [path for path in published if secrets.find(path.read_text())] == []
