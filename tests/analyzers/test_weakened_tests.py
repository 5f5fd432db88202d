import pytest
from support.analyzed import analyzed, hits

# path: (a test, its second assertion, both, what a skip is put before, the skip)
LANGUAGES = {
    "tests/test_a.py": (
        "def test_one():\n    value = run(1)\n    assert value == 1\n    assert value.ok\n",
        "    assert value.ok\n",
        "    assert value == 1\n    assert value.ok\n",
        "def test_one",
        "@pytest.mark.skip\n",
    ),
    "src/a.test.ts": (
        (
            "test('one', () => {\n  const value = run(1);\n  expect(value.a).toBe(1);\n "
            " expect(value.b).toBe(2);\n});\n"
        ),
        "  expect(value.b).toBe(2);\n",
        "  expect(value.a).toBe(1);\n  expect(value.b).toBe(2);\n",
        "('one'",
        ".skip",
    ),
    "a_test.go": (
        (
            "package a\n\nfunc TestOne(t *testing.T) {\n\tvalue := run(1)\n"
            "\tassert.Equal(t, 1, value.a)\n\trequire.True(t, value.b)\n}\n"
        ),
        "\trequire.True(t, value.b)\n",
        "\tassert.Equal(t, 1, value.a)\n\trequire.True(t, value.b)\n",
        "\tvalue :=",
        "\tt.Skip()\n",
    ),
    "src/test/java/ATest.java": (
        (
            "class ATest {\n  @Test\n  void one() {\n    Value value = run(1);\n"
            "    assertEquals(1, value.a);\n    assertTrue(value.b);\n  }\n}\n"
        ),
        "    assertTrue(value.b);\n",
        "    assertEquals(1, value.a);\n    assertTrue(value.b);\n",
        "  @Test",
        "  @Disabled\n",
    ),
    "tests/a.rs": (
        (
            "#[test]\nfn one() {\n    let value = run(1);\n    assert_eq!(value.a, 1);\n   "
            " assert!(value.b);\n}\n"
        ),
        "    assert!(value.b);\n",
        "    assert_eq!(value.a, 1);\n    assert!(value.b);\n",
        "#[test]",
        "#[ignore]\n",
    ),
    "src/lib.rs": (
        "pub fn run() {}\n\n#[cfg(test)]\nmod tests {\n    #[tokio::test]\n    async fn one() {\n"
        "        let value = run(1);\n        assert_eq!(value.a, 1);\n        assert!(value.b);\n"
        "    }\n}\n",
        "        assert!(value.b);\n",
        "        assert_eq!(value.a, 1);\n        assert!(value.b);\n",
        "    #[tokio::test]",
        "    #[ignore]\n",
    ),
    "suite_test.go": (
        "package a\n\nfunc (s *Suite) TestOne() {\n\tvalue := run(1)\n"
        "\ts.Equal(1, value.a)\n\ts.Require().True(value.b)\n}\n",
        "\ts.Require().True(value.b)\n",
        "\ts.Equal(1, value.a)\n\ts.Require().True(value.b)\n",
        "\tvalue :=",
        "\ts.T().Skip()\n",
    ),
    "test/a.js": (
        "const { test } = require('node:test');\n\ntest(\n  'one',\n  async (t) => {\n"
        "    const value = run(1);\n    assert.strictEqual(value.a, 1);\n    assert.ok(value.b);\n"
        "  },\n);\n",
        "    assert.ok(value.b);\n",
        "    assert.strictEqual(value.a, 1);\n    assert.ok(value.b);\n",
        "(\n  'one'",
        ".skip",
    ),
    "src/test/kotlin/ATest.kt": (
        "class ATest {\n  @Test\n  fun `one of them`() = runTest {\n    val value = run(1)\n"
        "    assertEquals(1, value.a)\n    value.b shouldBe 2\n  }\n}\n",
        "    value.b shouldBe 2\n",
        "    assertEquals(1, value.a)\n    value.b shouldBe 2\n",
        "  @Test",
        "  @Ignore\n",
    ),
    "src/test/kotlin/ASpec.kt": (
        'class ASpec : FunSpec({\n  test("one") {\n    val value = run(1)\n    value.a shouldBe 1\n'
        "    value.b.shouldBeTrue()\n  }\n})\n",
        "    value.b.shouldBeTrue()\n",
        "    value.a shouldBe 1\n    value.b.shouldBeTrue()\n",
        'test("one")',
        "x",
    ),
    "Core.Tests/A.cs": (
        "public class A\n{\n    [Fact]\n    public async Task One()\n    {\n"
        "        var value = await Run(1);\n        Assert.Equal(1, value.A);\n"
        "        value.B.Should().BeTrue();\n    }\n}\n",
        "        value.B.Should().BeTrue();\n",
        "        Assert.Equal(1, value.A);\n        value.B.Should().BeTrue();\n",
        "]\n    public async",
        '(Skip = "slow")',
    ),
    "tests/B.cs": (
        "public class B\n{\n    [Test]\n    public void One()\n    {\n"
        "        var value = Run(1);\n        Assert.AreEqual(1, value.A);\n"
        "        Assert.That(value.B, Is.True);\n    }\n}\n",
        "        Assert.That(value.B, Is.True);\n",
        "        Assert.AreEqual(1, value.A);\n        Assert.That(value.B, Is.True);\n",
        "    [Test]",
        '    [Ignore("slow")]\n',
    ),
    "tests/ATest.php": (
        "<?php\nclass ATest extends TestCase\n{\n    /** @test */\n"
        "    public function one(): void\n"
        "    {\n        $value = run(1);\n        $this->assertSame(1, $value->a);\n"
        "        self::assertTrue($value->b);\n    }\n}\n",
        "        self::assertTrue($value->b);\n",
        "        $this->assertSame(1, $value->a);\n        self::assertTrue($value->b);\n",
        "        $value =",
        "        $this->markTestSkipped('slow');\n",
    ),
    "tests/A.php": (
        "<?php\nit('is one', function () {\n    $value = run(1);\n    expect($value->a)->toBe(1);\n"
        "    expect($value->b)->toBeTrue();\n});\n",
        "    expect($value->b)->toBeTrue();\n",
        "    expect($value->a)->toBe(1);\n    expect($value->b)->toBeTrue();\n",
        ";\n",
        ")->skip()",
    ),
    "spec/a_spec.rb": (
        'RSpec.describe A do\n  it "is one" do\n    value = run(1)\n    expect(value.a).to eq 1\n'
        "    expect(value.b).to be true\n  end\nend\n",
        "    expect(value.b).to be true\n",
        "    expect(value.a).to eq 1\n    expect(value.b).to be true\n",
        'it "is',
        "x",
    ),
    "test/test_a.rb": (
        "class TestA < Minitest::Test\n  def test_one\n    value = run(1)\n"
        "    assert_equal 1, value.a\n    refute value.b\n  end\nend\n",
        "    refute value.b\n",
        "    assert_equal 1, value.a\n    refute value.b\n",
        "    value =",
        "    skip 'slow'\n",
    ),
    "Tests/ATests.swift": (
        "final class ATests: XCTestCase {\n    func testOne() throws {\n"
        "        let value = run(1)\n"
        "        XCTAssertEqual(value.a, 1)\n        XCTAssertTrue(value.b)\n    }\n}\n",
        "        XCTAssertTrue(value.b)\n",
        "        XCTAssertEqual(value.a, 1)\n        XCTAssertTrue(value.b)\n",
        "        let value",
        '        throw XCTSkip("slow")\n',
    ),
    "Tests/BTests.swift": (
        "@Suite struct BTests {\n    @Test func one() {\n        let value = run(1)\n"
        "        #expect(value.a == 1)\n        #expect(value.b)\n    }\n}\n",
        "        #expect(value.b)\n",
        "        #expect(value.a == 1)\n        #expect(value.b)\n",
        " func one",
        '(.disabled("slow"))',
    ),
    "util/a_test.cc": (
        "TEST_F(A, One)\n{\n  auto value = run(1);\n  EXPECT_EQ(value.a, 1);\n"
        "  ASSERT_TRUE(value.b);\n}\n",
        "  ASSERT_TRUE(value.b);\n",
        "  EXPECT_EQ(value.a, 1);\n  ASSERT_TRUE(value.b);\n",
        "One",
        "DISABLED_",
    ),
    "tests/b.cpp": (
        '#include <catch2/catch_test_macros.hpp>\nTEST_CASE("one", "[a]") {\n'
        "  auto value = run(1);\n  REQUIRE(value.a == 1);\n  CHECK(value.b);\n}\n",
        "  CHECK(value.b);\n",
        "  REQUIRE(value.a == 1);\n  CHECK(value.b);\n",
        "a]",
        ".][",
    ),
    "test/test_a.c": (
        "void test_one(void) {\n  value_t value = run(1);\n  TEST_ASSERT_EQUAL_INT(1, value.a);\n"
        "  TEST_ASSERT_TRUE(value.b);\n}\n",
        "  TEST_ASSERT_TRUE(value.b);\n",
        "  TEST_ASSERT_EQUAL_INT(1, value.a);\n  TEST_ASSERT_TRUE(value.b);\n",
        "  value_t",
        "  TEST_IGNORE();\n",
    ),
    "test/a.bats": (
        '@test "one" {\n  run thing\n  [ "$status" -eq 0 ]\n  assert_output "x"\n}\n',
        '  assert_output "x"\n',
        '  [ "$status" -eq 0 ]\n  assert_output "x"\n',
        "  run",
        "  skip 'slow'\n",
    ),
    "src/test/scala/ASuite.scala": (
        'class ASuite extends FunSuite {\n  test("one") {\n    val value = run(1)\n'
        "    assertEquals(value.a, 1)\n    assert(value.b)\n  }\n}\n",
        "    assert(value.b)\n",
        "    assertEquals(value.a, 1)\n    assert(value.b)\n",
        ") {\n    val",
        ".ignore",
    ),
    "test/a_test.dart": (
        "void main() {\n  test('one', () {\n    final value = run(1);\n    expect(value.a, 1);\n"
        "    expect(value.b, isTrue);\n  });\n}\n",
        "    expect(value.b, isTrue);\n",
        "    expect(value.a, 1);\n    expect(value.b, isTrue);\n",
        ");\n}\n",
        ", skip: 'slow'",
    ),
}
FOCUSED = {
    "src/a.test.ts": ("it('a', () => {", "it.only('a', () => {"),
    "src/b.test.ts": ("describe('a', () => {", "fdescribe('a', () => {"),
    "spec/a_spec.rb": ('it "a" do', 'it "a", :focus do'),
    "spec/b_spec.rb": ('describe "a" do', 'fdescribe "a" do'),
    "tests/A.php": ("it('a', function () {", "it('a', function () {})->only();"),
    "a_test.go": ('\tIt("a", func() {', '\tFIt("a", func() {'),
    "test/a_test.dart": ("test('a', () {", "solo_test('a', () {"),
    "src/test/scala/ASuite.scala": ('test("a") {', 'test("a".only) {'),
    "src/test/kotlin/ASpec.kt": ('test("a") {', 'test("f:a") {'),
    "test/a.bats": ('@test "a" {', '# bats test_tags=bats:focus\n@test "a" {'),
}


@pytest.mark.parametrize("path", LANGUAGES)
def test_each_language(path):
    body, one, both, place, skip = LANGUAGES[path]
    skipped = body.replace(place, skip + place)
    assert [
        rule for rule, _, _ in hits("weakened_tests", {path: body}, {path: body.replace(one, "")})
    ] == ["assertion-removed"]
    assert [
        rule for rule, _, _ in hits("weakened_tests", {path: body}, {path: body.replace(both, "")})
    ] == ["test-emptied"]
    assert [rule for rule, _, _ in hits("weakened_tests", {path: body}, {path: skipped})] == [
        "test-skipped"
    ]
    kept = {path: "pub fn run() {}\n"} if path == "src/lib.rs" else {"x": "2"}
    assert [rule for rule, _, _ in hits("weakened_tests", {path: body, "x": "1"}, kept)] == [
        "test-deleted"
    ]
    assert hits("weakened_tests", {path: body}, {path: body + "\n"}) == []
    assert hits("weakened_tests", {}, {path: skipped}) == []
    renamed = body.replace("one", "renamed").replace("One", "Renamed")
    assert hits("weakened_tests", {path: body}, {path: renamed}) == []
    assert hits("weakened_tests", {path: body, "x": "1"}, {f"tests/{path}": body}) == []


@pytest.mark.fault(
    "verdict",
    "A test is focused, so that no other one of its file runs",
    "A finding in every language whose runner knows such a mark",
)
@pytest.mark.parametrize("path", FOCUSED)
def test_a_test_that_becomes_the_only_one(path):
    before, after = FOCUSED[path]
    row = 2 if after.startswith("#") else 1
    assert hits("weakened_tests", {path: before}, {path: after}) == [("test-focused", path, row)]
    assert hits("weakened_tests", {}, {path: after}) == [("test-focused", path, row)]
    assert hits("weakened_tests", {path: after}, {path: after + "\n"}) == []


LOOSE = {
    "tests/test_a.py": ("    assert total(cart) == 12", "    assert total(cart) is not None"),
    "src/a.test.ts": ("  expect(total(cart)).toBe(12);", "  expect(total(cart)).toBeDefined();"),
    "a_test.go": ("\tassert.Equal(t, 12, total(cart))", "\tassert.NotNil(t, total(cart))"),
    "src/test/java/ATest.java": ("assertEquals(12, total(cart));", "assertNotNull(total(cart));"),
    "tests/a.rs": ("    assert_eq!(total(cart), Ok(12));", "    assert!(total(cart).is_ok());"),
    "Tests/ATests.swift": ("XCTAssertEqual(total(cart), 12)", "XCTAssertNotNil(total(cart))"),
    "test/test_a.rb": ("    assert_equal 12, total(cart)", "    refute_nil total(cart)"),
}


@pytest.mark.parametrize("path", LOOSE)
def test_an_assertion_that_no_longer_says_which_value(path):
    body, place = LANGUAGES[path][0], LANGUAGES[path][1]
    exact, vague = ({path: body.replace(place, place + line + "\n")} for line in LOOSE[path])
    row = vague[path].split("\n").index(LOOSE[path][1].split("\n")[0]) + 1
    assert hits("weakened_tests", exact, vague) == [("assertion-loosened", path, row)]
    assert hits("weakened_tests", vague, exact) == []
    both = {path: vague[path].replace(place, place + LOOSE[path][0].replace("12", "13") + "\n")}
    assert hits("weakened_tests", exact, both) == []


PY = (
    "def test_one():\n    assert run(1) == 1\n    assert run(2) == 2\n\n\ndef test_two():\n   "
    " assert run(3)\n"
)
PATH = "tests/test_a.py"


@pytest.mark.parametrize(
    "changed",
    [
        PY.replace("test_one", "test_renamed"),
        PY.replace(
            "    assert run(1) == 1\n    assert run(2) == 2\n",
            "    for n in 1, 2:\n        assert run(n) == n\n",
        ),
        PY.replace("    assert run(1) == 1\n    assert run(2) == 2\n", "    check_both(run)\n"),
        PY.replace(
            "    assert run(1) == 1\n    assert run(2) == 2\n",
            "    assert_equal_all(run, [1, 2])\n",
        ),
        PY.replace("def test_one", "@pytest.mark.skipif(sys.platform == 'win32')\ndef test_one"),
        PY.replace("def test_two", "def test_three():\n    assert 1\n\n\ndef test_two"),
        PY.replace("    assert run(1)", "    # run(0) is not defined\n    assert run(1)"),
    ],
)
def test_tests_that_check_as_much_as_before(changed):
    assert hits("weakened_tests", {PATH: PY}, {PATH: changed}) == []


def test_a_constant_is_no_assertion():
    weaker = PY.replace("assert run(3)", "assert True")
    assert hits("weakened_tests", {PATH: PY}, {PATH: weaker}) == [("test-emptied", PATH, 6)]


def test_a_test_that_moved_to_another_file_is_not_deleted():
    moved = {
        PATH: PY.split("\n\n\n")[0] + "\n",
        "tests/test_b.py": "def test_two():\n    assert run(3)\n",
    }
    assert hits("weakened_tests", {PATH: PY}, moved) == []


def test_a_test_is_deleted_rightly_with_what_it_tests():
    code = "def run(n):\n    return n\n\n\ndef other():\n    pass\n"
    kept = "def other():\n    pass\n"
    assert hits("weakened_tests", {PATH: PY, "a.py": code}, {PATH: "", "a.py": kept}) == []
    assert hits("weakened_tests", {PATH: PY, "a.py": code}, {PATH: "", "a.py": code + "\n"}) == [
        ("test-deleted", PATH, 1),
        ("test-deleted", PATH, 6),
    ]


def test_a_deleted_test_is_shown_where_it_was():
    (hit,) = analyzed("weakened_tests", {PATH: PY}, {PATH: PY.split("\n\n\n")[0] + "\n"}).evidence
    assert (hit.rule, hit.path, hit.side, hit.start, hit.end) == ("test-deleted", PATH, "old", 6, 7)


def test_functions_outside_tests_are_none():
    assert hits("weakened_tests", {"src/a.py": PY}, {"src/a.py": "x = 1\n"}) == []


def test_methods_of_the_same_name_are_not_mixed_up():
    body = (
        "class A:\n    def test_x(self):\n        assert 1 + a\n\n\nclass B:\n    def"
        " test_x(self):\n{}"
    )
    before = {PATH: body.format("        self.assertEqual(1, b)\n")}
    assert hits("weakened_tests", before, {PATH: body.format("        pass\n")}) == []


@pytest.mark.parametrize(
    ("path", "before", "after"),
    [
        (
            "src/a.test.ts",
            "it('a', () => {\n  assert.equal(run(1), 2);\n  assert.equal(run(2), 3);\n});\n",
            "it('a', () => {\n  expect(run(1)).toBe(2);\n  expect(run(2)).toBe(3);\n});\n",
        ),
        (  # a table
            "a_test.go",
            "func TestA(t *testing.T) {\n\tassert.Equal(t, 2, run(1))\n"
            "\tassert.Equal(t, 3, run(2))\n"
            "}\n",
            "func TestA(t *testing.T) {\n\tfor in, out := range cases {\n"
            "\t\tassert.Equal(t, out, run(in))\n\t}\n}\n",
        ),
        (  # two tests become rows of one
            "src/test/java/ATest.java",
            "class ATest {\n  @Test\n  void a() {\n    assertEquals(2, run(1));\n  }\n\n  @Test\n"
            "  void b() {\n    assertEquals(3, run(2));\n  }\n}\n",
            'class ATest {\n  @ParameterizedTest\n  @CsvSource({\n    "1, 2",\n    "2, 3",\n  })\n'
            "  void all(int in, int out) {\n    assertEquals(out, run(in));\n  }\n}\n",
        ),
        (  # an assertion moves to a test of its own
            "test/a_test.dart",
            "test('a', () {\n  expect(one.a, 1);\n  expect(two.b, 2);\n});\n",
            "test('a', () {\n  expect(one.a, 1);\n});\n\n"
            "test('b', () {\n  expect(two.b, 2);\n});\n",
        ),
        (  # what says only that there is a value, for the types
            "tests/test_a.py",
            "def test_a():\n    assert crawler.stats\n    assert self.a.b is not None\n"
            "    assert crawler.stats.count == 1\n    self.a.b.close()\n",
            "def test_a():\n    assert crawler.stats.count == 1\n    self.a.b.close()\n",
        ),
        (  # two tests become one
            "tests/A.cs",
            "[Fact]\npublic void A()\n{\n    var a = Make(1);\n    Should.NotThrow(a);\n}\n\n"
            "[Fact]\n"
            "public void B()\n{\n    var a = Make(2);\n    Should.NotThrow(a);\n}\n",
            "[Fact]\npublic void C()\n{\n    var a = Make(1);\n    Should.NotThrow(a);\n\n"
            "    a = Make(2);\n    Should.NotThrow(a);\n}\n",
        ),
        (  # one statement says all of it
            "tests/test_a.py",
            "def test_a():\n    result = run()\n    assert result.code == 1\n"
            "    assert isinstance(result.exception, UserWarning)\n"
            "    assert 'twice' in result.text\n",
            "def test_a():\n    with pytest.warns(UserWarning, match='twice'):\n        run()\n",
        ),
        (  # an assertion becomes a row of a new table
            "a_test.go",
            "func TestA(t *testing.T) {\n\tassert.Equal(t, 2, run(1))\n"
            "\tassert.Error(t, run(9))\n}\n",
            "func TestA(t *testing.T) {\n\tassert.Equal(t, 2, run(1))\n}\n\n"
            "func TestErrors(t *testing.T) {\n\tfor _, in := range inputs {\n"
            "\t\tassert.Error(t, run(in))\n\t}\n}\n",
        ),
        (  # what runs after each test checks it
            "src/test/java/ATest.java",
            "class ATest {\n  @After\n  public void tearDown() {\n    assertClosed();\n  }\n\n"
            "  @Test\n"
            "  public void a() {\n    assertEquals(1, a);\n    assertClosed();\n  }\n}\n",
            "class ATest {\n  @After\n  public void tearDown() {\n    assertClosed();\n  }\n\n"
            "  @Test\n"
            "  public void a() {\n    assertEquals(1, a);\n  }\n}\n",
        ),
        (  # what is called is renamed
            "src/test/kotlin/ATest.kt",
            "@Test fun a() {\n  turbine.expectItem()\n  turbine.expectComplete()\n}\n",
            "@Test fun a() {\n  turbine.awaitItem()\n  turbine.awaitComplete()\n}\n",
        ),
        (  # the name moves to a line of its own
            "test/a_test.dart",
            "test('a', () {\n  expect(one.a, 1);\n});\n",
            "test(\n  'a',\n  () {\n    expect(one.a, 1);\n  },\n  retry: 5,\n);\n",
        ),
        (  # a condition
            "spec/a_spec.rb",
            'it "a" do\n  expect(a).to eq 1\nend\n',
            'it "a", :skip => !supported? do\n  expect(a).to eq 1\nend\n',
        ),
        (
            "Tests/ATests.swift",
            "@Test func a() {\n  #expect(a == 1)\n}\n",
            "@Test(.disabled(if: isSlow)) func a() {\n  #expect(a == 1)\n}\n",
        ),
        (  # a text that stands further left
            "a_test.go",
            "func TestA(t *testing.T) {\n\tgot := run(1)\n\tassert.Equal(t, 1, got)\n}\n",
            "func TestA(t *testing.T) {\n\tgot := run(`\nfunc TestB(t *testing.T) {\n}\n`)\n"
            "\tassert.Equal(t, 1, got)\n}\n",
        ),
    ],
)
def test_what_is_only_written_otherwise(path, before, after):
    assert hits("weakened_tests", {path: before}, {path: after}) == []


def test_a_group_that_is_skipped():
    path, body = (
        "src/a.test.ts",
        "describe('a', () => {\n  it('b', () => {\n    expect(1);\n  });\n});\n",
    )
    skipped = body.replace("describe", "describe.skip")
    (hit,) = analyzed("weakened_tests", {path: body}, {path: skipped}).evidence
    assert (hit.rule, hit.start, hit.message) == (
        "test-skipped",
        1,
        "The tests of the group 'a' are now skipped.",
    )


@pytest.mark.fault(
    "verdict",
    "A test is turned into a comment, or renamed so that its runner no longer finds it",
    "It counts as deleted",
)
def test_a_test_that_becomes_a_comment_is_deleted():
    path, body = "src/a.test.ts", "it('b', () => {\n  expect(a).toBe(1);\n});\n"
    gone = "".join(f"// {line}\n" for line in body.splitlines())
    assert hits("weakened_tests", {path: body}, {path: gone}) == [("test-deleted", path, 1)]
    path, body = "Tests/ATests.swift", "func testA() {\n  XCTAssertEqual(a, 1)\n}\n"
    unseen = body.replace("testA", "_testA")
    assert hits("weakened_tests", {path: body}, {path: unseen}) == [("test-deleted", path, 1)]


def test_a_test_on_one_line():
    path, one, two = (
        "a.test.js",
        "it('a', () => expect(a).toBe(1));\n",
        "it('b', () => expect(2));\n",
    )
    assert hits("weakened_tests", {path: one + two}, {path: two}) == [("test-deleted", path, 1)]
    assert hits("weakened_tests", {path: one}, {path: one.replace("'a'", "'c'")}) == []


def test_an_assertion_that_becomes_a_comment_is_removed():
    gone = PY.replace("    assert run(2)", "    # assert run(2)")
    assert hits("weakened_tests", {PATH: PY}, {PATH: gone}) == [("assertion-removed", PATH, 1)]


def test_many_deleted_tests_of_a_file_are_one_finding():
    body = "".join(f"def test_{n}():\n    assert run({n}) == {n}\n\n\n" for n in range(5))
    (hit,) = analyzed("weakened_tests", {PATH: body}, {}).evidence
    assert (hit.rule, hit.start, hit.message) == (
        "test-deleted",
        1,
        "5 tests, test_0 first, were deleted, while no definition that they name was.",
    )


def test_a_file_of_tests_goes_along_with_what_it_tests():
    code = {"cookie.rb": "class Cookie\n  def read\n  end\nend\n"}
    tests = {
        "spec/cookie_spec.rb": "describe Cookie do\n  it 'a' do\n    expect(run).to eq 1\n"
        "  end\nend\n"
    }
    assert hits("weakened_tests", code | tests, {}) == []
    assert hits("weakened_tests", code | tests, code) == [
        ("test-deleted", "spec/cookie_spec.rb", 2)
    ]


def test_what_tests_read_is_no_test():
    only = "it.only('a', () => {\n  expect(1);\n});\n"
    assert hits("weakened_tests", {}, {"test/fixtures/a.test.js": only}) == []


def test_an_option_that_goes_along_with_its_test():
    path, test = (
        "test/a.test.js",
        "it('b', () => {\n  expect(run({ useSemicolonDelimiter: 1 })).toBe(1);\n});\n",
    )
    code = "if (options.useSemicolonDelimiter) {\n  split();\n}\n"
    docs = {"docs.md": "`useSemicolonDelimiter` is gone\n"}
    assert hits("weakened_tests", {path: test, "a.js": code}, {"a.js": "split();\n", **docs}) == []
    assert hits("weakened_tests", {path: test, "a.js": code}, {"a.js": f"{code}\n"}) == [
        ("test-deleted", path, 1)
    ]
