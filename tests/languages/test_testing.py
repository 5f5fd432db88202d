from __future__ import annotations

import pytest

from reviewer.languages import holds_tests, is_test

BOTH = [
    "a/test/x.txt",
    "tests/x.py",
    "__tests__/a.ts",
    "spec/a_b.rb",
    "testing/a.go",
    "a/test_b.py",
    "a_test.py",
    "b_test.go",
    "b_test.rs",
    "b_test.c",
    "b_test.cc",
    "b_test.cpp",
    "x.test.ts",
    "x-spec.mjs",
    "x.spec.jsx",
    "src/ATest.java",
    "ATests.kt",
    "ATest.cs",
    "b_test.ts",
    "x_spec.rb",
    "ASpec.kt",
    "ASpec.cs",
    "ATest.scala",
    "ATests.swift",
    "ATest.php",
    "test_a.rb",
    "a.bats",
    "a_test.dart",
    "ASuite.scala",
    "Tests/A.swift",
    "Core.Tests/A.cs",
    "src/commonTest/kotlin/A.kt",
]
# They help tests, or are tests of a kind that is not counted line by line.
BESIDE = [
    "specs/a.md",
    "conftest.py",
    "a/conftest.py",
    "x.test.rb",
    "ASpec.java",
    "ASpec.php",
    "b_test.unknown",
    "test/fixtures/a.test.js",
]
NEITHER = [
    "a.py",
    "test_a.js",
    "attest.py",
    "latest/x.py",
    "contest.py",
    "testing.md",
    "protest.go",
    "Latest.java",
    "ATest.py",
    "conftest.js",
    "test",
]


@pytest.mark.parametrize("path", [*BOTH, *BESIDE, *NEITHER])
def test_which_files_are_tests(path: str):
    assert (is_test(path), holds_tests(path)) == (path not in NEITHER, path in BOTH)


def test_a_file_may_hold_tests_among_its_code():
    tests = b"pub fn a() {}\n\n#[cfg(test)]\nmod tests {}\n"
    assert [holds_tests("src/a.rs", content) for content in (None, b"pub fn a() {}\n", tests)] == [
        False,
        False,
        True,
    ]
    assert holds_tests("src/a.js", b"import { it } from 'vitest';\n")
    assert holds_tests("src/a.cc", b'#include "gtest/gtest.h"\n')
    assert not holds_tests("src/a.txt", tests)
