"""Values are put together here from parts, so that no scanner takes this file for a leak."""

import base64
import json
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewer import secrets
from reviewer.secrets import Secret

# letters and digits without a pattern
MIXED = "Zq3Xv9Lk2Wm7Rt5Yp8Nb4Hc6Jd1Fg0SaQeUiOoPwTxBzMkVhRjCyGnDsLfKuHvIa"


def mixed(length):
    return (MIXED * 5)[:length]


def encoded(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def private_key(kind="RSA "):
    body = "\n".join(mixed(64) for _ in range(4))
    return (
        f"-----BEGIN {kind}PRIVATE "
        + f"KEY-----\n{body}\n{mixed(20)}==\n-----END {kind}PRIVATE KEY-----"
    )


REAL = [
    ("aws-access-key", "AKIA" + "Q7RSTUVWXY234567"),
    ("aws-access-key", "ASIA" + "Q7RSTUVWXY234567"),
    ("github-token", "ghp_" + mixed(36)),
    ("github-token", "github_pat_" + mixed(22) + "_" + mixed(59)),
    ("gitlab-token", "glpat-" + mixed(20)),
    ("slack-token", "xoxb-" + "123456789012-123456789012-" + mixed(24)),
    ("slack-webhook", "https://hooks.slack" + ".com/services/T0ABCDEFG/B0ABCDEFG/" + mixed(24)),
    ("stripe-key", "sk_live_" + mixed(24)),
    ("google-key", "AIza" + mixed(35)),
    ("google-oauth-secret", "GOCSPX-" + mixed(28)),
    ("anthropic-key", "sk-ant-" + "api03-" + mixed(95)),
    ("openai-key", "sk-" + "proj-" + mixed(80)),
    ("openai-key", "sk-" + mixed(20) + "T3BlbkFJ" + mixed(20)),
    ("huggingface-token", "hf_" + "".join(c for c in MIXED * 2 if c.isalpha())[:34]),
    ("npm-token", "npm_" + mixed(36)),
    ("pypi-token", "pypi-" + "AgE" + mixed(100)),
    ("sendgrid-key", "SG." + mixed(22) + "." + mixed(43)),
    ("digitalocean-token", "dop_v1_" + "0a1b2c3d4e5f6789" * 4),
    ("docker-token", "dckr_pat_" + mixed(27)),
    (
        "jwt",
        encoded({"alg": "HS256", "typ": "JWT"})
        + "."
        + encoded({"sub": "1234", "name": "x"})
        + "."
        + mixed(43),
    ),
    ("private-key", private_key()),
    ("private-key", private_key("OPENSSH ")),
    ("private-key", json.dumps(private_key(""))[1:-1]),
]


@pytest.mark.parametrize(("kind", "value"), REAL)
@pytest.mark.parametrize("around", ['key = "{}"\nnext', "{}", "- uses: {} # comment", "<a>{}</a>"])
def test_finds_a_credential_wherever_it_stands(kind, value, around):
    text = around.format(value)
    start = text.index(value)
    assert secrets.find(text) == [Secret(kind, start, start + len(value))]


@pytest.mark.parametrize(
    ("line", "kind", "value"),
    [
        ('AWS_SECRET_ACCESS_KEY="' + mixed(40) + '"', "aws-secret-key", mixed(40)),
        ("aws_secret_access_key = " + mixed(40), "aws-secret-key", mixed(40)),
        ("postgres://app:" + "Zq3Xv9Lk@db.internal.net/main", "basic-auth-url", "Zq3Xv9Lk"),
        ('password = "' + "Tr0ub4dor&3" + '"', "password", "Tr0ub4dor&3"),
        ("client_secret: '" + mixed(24) + "'", "password", mixed(24)),
        ('config["api_key"] = "' + mixed(20) + '"', "password", mixed(20)),
        ('String apiKey = "' + mixed(20) + '";', "password", mixed(20)),
        ('const token: string = "' + mixed(20) + '"', "password", mixed(20)),
        ("export DB_PASSWORD=" + mixed(16), "password", mixed(16)),
        (
            "DefaultEndpointsProtocol=https;AccountKey=" + mixed(86) + "==",
            "azure-storage-key",
            mixed(86) + "==",
        ),
        ("http -a admin:" + mixed(8) + " api.internal.net", "basic-auth", mixed(8)),
        ("mariadb-check -u root -p" + mixed(12) + " shop", "basic-auth", mixed(12)),
        ("mysql -pKvTqWz" + "RmLpNbXcYh shop", "basic-auth", "KvTqWz" + "RmLpNbXcYh"),
        ("HTTPDigestAuth('admin', '" + mixed(6) + "')", "basic-auth", mixed(6)),
        ("jwt.encode({'sub': 'x'}, '" + mixed(12) + "')", "password", mixed(12)),
        ("SET PASSWORD FOR 'app'@'%' = '" + mixed(12) + "';", "password", mixed(12)),
    ],
)
def test_finds_what_its_name_gives_away(line, kind, value):
    assert secrets.find(line) == [Secret(kind, line.index(value), line.index(value) + len(value))]


@pytest.mark.parametrize(
    "line",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",  # AWS's own documentation
        "AKIA" + "A" * 16,
        "ghp_" + "x" * 36,
        encoded({"sub": "no algorithm"}) + "." + encoded({"a": 1, "b": 2}) + "." + mixed(43),
        "postgres://postgres:postgres@db/main",
        "postgres://app:" + "Zq3Xv9Lk@localhost/main",
        "https://user:${PASSWORD}@host.net/",
        "https://example.com/path:8080@x",
        'password = "changeme123"',
        'password = os.environ["PASSWORD1"]',
        'token_url = "https://auth.internal/v1/token"',
        'PASSWORD_FIELD = "Id1-Password"',
        'secret = "prod/db-1/main"',
        'api_key = "{{ vault.key1 }}"',
        'api_key = "your-api-key-1"',
        'password: "correct horse battery"',
        'public_key = "' + mixed(20) + '"',
        'csrf_token = "' + mixed(20) + '"',
        "the private key starts with -----BEGIN RSA PRIVATE " + "KEY----- and so on",
        'if header == "-----BEGIN PRIVATE '
        + 'KEY-----":\n    return load(header, other, further, last)',
        'tokenizer = "cl100k_base"',
        "sk-" + "learn-contrib-is-a-package-of-many-things",
        "jwt.encode({'sub': 'x', '" + mixed(12) + "': 1}, key)",
        "",
    ],
)
def test_takes_nothing_else_for_a_credential(line):
    assert secrets.find(line) == []


def test_redact_keeps_every_line_in_its_place():
    key = private_key()
    text = f"a = 1\nkey = '''{key}'''\ntoken = 'ghp_{mixed(36)}'\nb = 2"
    redacted, count = secrets.redact(text)
    assert count == 2
    assert redacted == (
        "a = 1\nkey = '''[REDACTED:private-key]"
        + "\n" * key.count("\n")
        + "'''\ntoken = '[REDACTED:github-token]'\nb = 2"
    )
    assert secrets.redact(redacted) == (redacted, 0)


def test_a_key_that_a_hunk_cuts_off_is_redacted_as_well():
    cut = private_key().split("-----END")[0].rstrip("\n")
    assert secrets.redact(cut) == ("[REDACTED:private-key]" + "\n" * 5, 1)


@pytest.mark.parametrize(("kind", "value"), REAL)
def test_a_mask_gives_little_away(kind, value):
    mask = secrets.mask(value)
    assert len(mask) <= 5
    assert mask.endswith("…")
    assert value.startswith(mask[:-1])


def test_the_mask_of_a_short_value_is_shorter():
    assert [secrets.mask(value) for value in ("", "abcd", "Zq3Xv9Lk")] == ["…", "…", "Z…"]


PARTS = [
    *"abAZ09-_=:/@.\"'\n {}",
    "password",
    "-----BEGIN ",
    "PRIVATE " + "KEY-----",
    "eyJ",
    "AKIA",
    mixed(40),
]


@given(st.lists(st.sampled_from(PARTS)).map("".join))
@settings(max_examples=300, deadline=None, derandomize=True)
def test_any_text_keeps_its_lines(text):
    redacted, count = secrets.redact(text)
    assert redacted.count("\n") == text.count("\n")
    assert redacted.count("[REDACTED:") == count
    found = secrets.find(text)
    assert all(before.end <= after.start for before, after in pairwise(found))


@pytest.mark.parametrize(
    "text",
    [
        "password=" * 30_000,
        "a://" * 60_000,
        "-----BEGIN RSA PRIVATE " + "KEY-----" + " " * 200_000,
        ("-----BEGIN PRIVATE " + "KEY-----") * 6_000,
        "xoxb-" + "a-" * 100_000,
        "eyJ" + "a" * 200_000,
        "eyJ-" * 50_000,
        "glpat-" * 40_000,
        "sk-ant-" * 40_000,
        "secret='" * 30_000,
        "A_" * 100_000 + "PASSWORD",
        "secret" + "_" * 200_000 + "='",
        "curl -u a:b mysql -p " * 10_000,
        "docker login -p " * 20_000,
        "getConnection(a, " * 20_000,
        "auth=('a'," * 20_000,
        "jwt.sign(a, " * 20_000,
        '"jwt": {"key' * 20_000,
        "password," * 20_000 + "\n" + "a," * 20_000,
        "\n" * 100_000 + "export " * 30_000,
    ],
)
def test_hostile_text_takes_no_longer_than_other(text):
    assert secrets.find(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "rn" + "d_" + mixed(27),  # too short
        "rn" + "d_" + mixed(29),  # too long
        "my_rn" + "d_" + mixed(28),  # the end of a longer word
        "na" + "pi_" + "a" * 64,  # one letter over and over
        "docs/api/rn" + "d_example_of_a_long_identifier_",
    ],
)
def test_a_prefix_alone_gives_nothing_away(text):
    assert secrets.find(f"see {text} there") == []
