"""Which syntax errors come from tags that are still to be filled in."""

import pytest
from support.analyzed import hits

from reviewer.languages import is_template


@pytest.mark.parametrize(
    "line",
    [
        b"import {{ cookiecutter.module }}",
        b'{% if cookiecutter.cli == "y" %}',
        b"{%- endif -%}",
        b'  "a": {{ x | tojson }},',
        b'  "a": "{{ x["y"] }}",',
        b"package {{ .Package }}",
        b'{{- $x := index .Values "a" | default "dev" }}',
        b"{{- include (dict",
        b"{{#each items}}",
        b"{{{ raw }}}",
        b"name = <%= name %>",
        b"<% if (a) { %>",
        b'echo "a" {{ b }}',
        b"- it's {{ x }}-suffix",
    ],
)
def test_tags(line):
    source = b"\n".join([b"a", line, b"b"])
    assert is_template("a.py", source, 2, 2)
    assert is_template("a.py", source, 1, 3)
    assert not is_template("a.py", source, 3, 3)
    assert is_template("{{cookiecutter.slug}}/a.py", source, 3, 3)
    assert is_template("src/templates/a.py", source, 3, 3)


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a.py", b'x = f"{{x}}" +'),
        ("a.py", b"x = {{}} +"),
        ("a.py", b"x = {'a': {'b': 1}} +"),
        ("a.py", b"'a %d {% 1"),
        ("a.go", b"x := []T{{1, 2}, {3, 4}"),
        ("a.go", b'x := []T{{Name: "a"}'),
        ("a.jsx", b"<div style={{ color }} ("),
        ("a.js", b"const x = { a: {{"),
        ("a.yaml", b"run: ${{ github.ref }} ["),
        ("a.json", b'"a": "{{ x }}" "b"'),
        ("templates/a.py", b'x = f"{{x}}" +'),
    ],
)
def test_what_is_no_tag(path, line):
    assert not is_template(path, line, 1, 1)


TEMPLATES = {
    "charts/a/templates/one.yaml": "spec:\n{{ $.Files.Get $rule | indent 2 }}\n{{ end }}\n",
    "{{cookiecutter.slug}}/main.py": "import {{ c.module }}\n{% if c.y %}\nimport a\n{% endif %}\n",
    "{{cookiecutter.slug}}/x.json": '{\n  "a": {{ c.a }},\n  {% if b %}"c": 1{% endif %}\n}\n',
    "run.sh": "#!/bin/sh\n{% if a %}\necho {{ b }}\n{% endif %}\n",
    "pyproject.toml": "[tool]\nname = {{ c.n }}\n{% if x %}\ny = 1\n{% endif %}\n",
    "gen.go": "package {{ .Package }}\n\nfunc {{ .Name }}() {\n}\n",
    "t.ts": "export const a = {{ a }};\n{% if b %}export const c = 1;{% endif %}\n",
    "A.java": "class {{ name }} {\n{% if a %}void f() {{% endif %}\n}\n",
    "a.js": "<% if (a) { %>\nvar x = <%= x %>;\n<% } %>\n",
}
BROKEN = {
    "one.yaml": "run: ${{ a }}\nb: [\n",
    "main.py": 'x = f"{{x}}"\nimport\n',
    "templates/x.json": '{\n  "a": "{{ b }}"\n  "c": 1\n}\n',
    "run.sh": '#!/bin/sh\nx="{{ b }}"\nif true; then\n',
    "pyproject.toml": '[tool]\nname = "{{ n }}"\ny = = 1\n',
    "a.js": "const x = <div style={{ a }} />;\nfunction f( {\n",
}


@pytest.mark.fault(
    "syntax",
    "templates of source files: Jinja, cookiecutter, Go, Helm, ERB, EJS, Mustache",
    "an error that a tag causes is no finding, whichever tool parses the file; any other is",
)
def test_no_reader_of_syntax_takes_a_tag_for_an_error():
    readers = ("astgrep", "ruff", "dataformats", "shellcheck")
    syntax = ("syntax-error", "invalid-syntax", "broken-json", "broken-toml")

    def broken(head):
        found = [hit for reader in readers for hit in hits(reader, {}, head)]
        return sorted(path for rule, path, _ in found if rule in syntax)

    assert broken(TEMPLATES) == []
    assert broken(BROKEN) == sorted(BROKEN)


def test_a_key_that_is_there_twice_comes_from_no_tag():
    body = '{\n  "a": "{{ x[\'y\'] }}",\n  "b": 1,\n  "b": 2\n}\n'
    assert is_template("templates/a.json", body.encode(), 4, 4)
    assert hits("dataformats", {}, {"templates/a.json": body}) == [
        ("duplicate-key", "templates/a.json", 4)
    ]
