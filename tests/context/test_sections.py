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
    text = "Be strict.\n\n# Code style\nNames are short.\n"
    assert concerning(text, "a.py", len(text)) == text
    assert concerning(text, "a.py", len(text) - 1) == "# Code style\nNames are short.\n[…cut…]"


def test_what_never_decides_anything_is_left_out_even_where_there_is_room():
    assert concerning(TEXT, "a.py", 1000) == (
        "# Code style\nNames are short.\n\n```\n# not a heading\n```\n## Web\nUse hooks.\n[…cut…]"
    )
    assert concerning("# Installation\npip install it.\n", "a.py", 1000) == ""


def test_a_section_of_commands_alone_says_nothing_but_rules_with_an_example_do():
    fence = "```bash\nmake a\nmake b\nmake c\n```"
    assert concerning(f"# Daily work\n{fence}", "a.py", 1000) == ""
    assert concerning(f"# Rules\n{fence}", "a.py", 1000) == f"# Rules\n{fence}"
    said = f"# Daily work\nNever call make d without the lock, it drops data.\n{fence}"
    assert concerning(said, "a.py", 1000) == said


def test_rules_come_before_how_to_install():
    assert concerning(TEXT, "a.py", 75) == (
        "# Code style\nNames are short.\n\n```\n# not a heading\n```\n[…cut…]"
    )


def test_sections_about_the_folder_come_first():
    assert concerning(TEXT, "web/a.js", 30) == "## Web\nUse hooks.\n[…cut…]"


def test_a_section_that_is_too_long_is_cut():
    assert concerning("# Rules\n" + "word " * 100, "a.py", 60).endswith("word…")
    assert len(concerning("# Rules\n" + "word " * 100, "a.py", 60)) <= 60
