from __future__ import annotations

import re

from reviewer.languages.base import Comments, Language, Tests, TestStyle

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
)
