from __future__ import annotations

import re

from reviewer.languages.base import Comments, Language, Manifest, Tests, TestStyle
from reviewer.languages.manifests import Facts


def _pubspec(facts: Facts, text: str, path: str) -> None:
    part = ""
    for line in text.split("\n"):
        if match := re.match(r"(\w{1,40}):", line):
            part = match[1]
        elif match := re.match(r"  (\w{1,60}): *[\"']?([\w.^<>= -]{0,40})", line):
            if part == "environment" and match[1] == "sdk":
                facts.language("Dart", match[2].strip())
            elif part in ("dependencies", "dev_dependencies"):
                facts.depend(match[1], match[2].strip(), development=part != "dependencies")


DART = Language(
    name="dart",
    suffixes=(".dart",),
    tests=Tests(
        files=re.compile(r"_test\.dart$"),
        style=TestStyle(
            start=re.compile(
                r"\s*(?:solo_|skip_)?(?:test|testWidgets|testUsingContext|blocTest)(?:<[^<>]{1,80}>)?\("
                r"\s*(?:'([^']{1,200})'|\"([^\"]{1,200})\")"
            ),
            check=re.compile(r"\bexpect\w*\(|\bverify\w*\(|\bfail\(|\bcheck\("),
            skip=re.compile(
                r"\s*@Skip\(|\s*skip_test\(|\s*markTestSkipped\("
                r"|\s*[})\]]{1,3}, skip: (?:true|['\"])|\s*skip: (?:true|['\"])"
            ),
            focus=re.compile(r"\s*solo_test\(|\s*[})\]]{1,3}, solo: true|\s*solo: true"),
            group=re.compile(r"\s*group\(\s*(?:'([^']{1,200})'|\"([^\"]{1,200})\")"),
        ),
        runners=("test", "flutter_test"),
    ),
    comments=Comments(line=("//",), block=(("/*", "*/"),)),
    manifests=(Manifest("pubspec.yaml", _pubspec),),
    frameworks={"flutter": "Flutter"},
)
