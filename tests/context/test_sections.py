from __future__ import annotations

from reviewer.context.sections import concerning

TEXT = """\
About this product.

# Installation
pip install it, then run it.

# Code style
Names are short.

```
# not a heading
```

## Web
Use hooks.

# Release
Tag it.
"""


def test_all_of_it_if_it_fits():
    assert concerning(TEXT, "a.py", 1000) == TEXT


def test_rules_come_before_how_to_install():
    assert concerning(TEXT, "a.py", 75) == (
        "# Code style\nNames are short.\n\n```\n# not a heading\n```\n[…cut…]"
    )


def test_sections_about_the_folder_come_first():
    assert concerning(TEXT, "web/a.js", 30) == "## Web\nUse hooks.\n[…cut…]"


def test_a_section_that_is_too_long_is_cut():
    assert concerning("# Rules\n" + "word " * 100, "a.py", 60).endswith("[…cut…]")
    assert len(concerning("# Rules\n" + "word " * 100, "a.py", 60)) <= 60
