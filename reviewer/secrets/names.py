"""Whether a name is that of a credential, or only speaks of one (`secretName`, `nextToken`,
`password_hash`). Names end at a capital as at `_`, `-` and `.`."""

from __future__ import annotations

import functools
import re

_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_LONGEST = 120  # characters of a name that are looked at, from its end
# Any name of a credential holds one of these, in lower case.
CLUES = (
    "pass",
    "pwd",
    "secret",
    "token",
    "key",
    "cred",
    "psk",
    "kennwort",
    "senha",
    "contrasena",
    "auth",
)


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_SECRETS = _set(
    """
    password passwd passphrase pwd pswd passwort kennwort senha contrasena secret token
    credential cred psk passcode apikey secretkey accesskey privatekey authkey masterkey
    authtoken accesstoken clientsecret apitoken apisecret requirepass masterauth
    """
)
_ENDINGS = (
    "password",
    "passwd",
    "passphrase",
    "secret",
    "token",
    "apikey",
    "secretkey",
    "accesskey",
    "privatekey",
)
# People make these up; the others are issued or generated.
_CHOSEN = (
    *("password", "passwd", "pwd", "pswd", "passphrase", "pass", "passcode"),
    *("passwort", "kennwort", "senha", "contrasena"),
)
_KEYS = _set(
    """
    api access private auth secret encryption signing master account shared service subscription
    app application storage session deploy admin root jwt hmac aes license authorization crypto
    function webhook write ingest server client security decryption validation
    """
)
# Behind the name of a credential, these say that it is about one.
_ABOUT = _set(
    """
    id name url uri path file filename dir directory folder type field header env var variable
    param parameter endpoint hash digest checksum sum count label prefix suffix class regex
    regexp pattern message msg error help hint text title policy length len size min max format
    scope kind column attribute attr hasher encoder backend provider manager service store
    storage input form template ref reference arn version page placeholder validator validation
    rule strength reset expiry expire expiration ttl age lifetime timeout duration interval date
    time at rotation address addr contract mint symbol decimal balance amount price supply limit
    budget usage index idx position offset pos start end line col list array map set collection
    table model schema view controller handler helper util factory builder parser lexer stream
    iterator generator bucket vault engine source resolver supplier getter setter callback fn
    func function method event listener hook status state enabled required visible hidden toggle
    button icon link section tab dialog modal screen route guard strategy mode algorithm alg
    algo issuer audience subject claim owner user username email role group region zone cluster
    namespace project org team login domain host port bytes is valid visibility selector locator
    xpath css element tag info metadata description desc doc note comment caption tooltip test
    spec case fixture mock stub plugin module package lib library sdk client api server request
    response payload body query option opt config setting pool cache registry loader reader
    writer exchange refresher flow grant audit log rate cost window span node stem vocab
    embedding vector weight mask score probability prob frequency freq per left right public
    review
    """
)
# Before the name of a credential, these say that it is none, or no secret one.
_PUBLIC = _set(
    """
    public pub publishable csrf xsrf next prev previous page paging pagination continuation
    continue cancellation cancel pad padding eos bos unk sep cls mask stop start end sync max
    min num total count is has no needs need require requires forgot hash hashed encrypted
    sealed wrapped invalid wrong bad dummy fake mock example sample missing empty show hide
    toggle confirm reset design css color theme style syntax lex sub word resume skip delta
    change prompt enter cursor edge verify validate check generate decode parse jsonweb site
    """
)


def is_secret_name(name: str) -> bool:
    """Whether `name` (an identifier, a key, an option) names a credential."""
    return _is_secret_name(name[-_LONGEST:])


def is_chosen(name: str) -> bool:
    """Whether people make up what has this name of a credential."""
    words = [word.lower() for word in _WORDS.findall(name[-_LONGEST:])]
    at = _last_secret(words)
    return at is not None and words[at[0]].removesuffix("s").endswith(_CHOSEN)


@functools.lru_cache(maxsize=4096)
def _is_secret_name(name: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(name)]
    end = _last_secret(words)
    if end is None:
        return False
    start, stop = end
    if (start and words[start - 1] in _PUBLIC) or "public" in words[:start]:
        return False
    if any(_is_about(word) for word in words[stop:]):
        return False
    # The key of a token or a password is what it is found under.
    return "key" not in words[stop:] or words[start] in ("secret", "credential")


def _is_about(word: str) -> bool:
    return word in _ABOUT or word.removesuffix("s") in _ABOUT or word.removesuffix("es") in _ABOUT


def _last_secret(words: list[str]) -> tuple[int, int] | None:
    """Where the last name of a credential among `words` begins and ends."""
    for at in range(len(words) - 1, -1, -1):
        word = words[at] if words[at] in _SECRETS else words[at].removesuffix("s")
        if word == "key" and at and words[at - 1] in _KEYS:
            return at - 1, at + 1
        if word in _SECRETS or (words[at] == "pass" and at == len(words) - 1):
            return at, at + 1
        ending = next((one for one in _ENDINGS if word.endswith(one)), None)
        if ending and word.removesuffix(ending) not in _PUBLIC:
            return at, at + 1
    return None
