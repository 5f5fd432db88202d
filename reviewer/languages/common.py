"""Names too generic to tell which code they mean, in any language."""

from __future__ import annotations

import builtins
import keyword

_BUILTIN = (dict, list, set, str, bytes, int, float, tuple, frozenset, object, Exception, builtins)
# Names that many unrelated classes have: without a known receiver, a match means nothing.
_FAMILIAR = """
    get set put post patch delete run save load dump dumps loads open close read write send recv
    start stop add update create process handle execute call main init setup teardown name id data
    value values items keys apply build check clean connect emit fetch find flush filter first last
    next parse push query register render reset result search size state status submit test to_dict
    from_dict transform type url validate view wait config logger log info debug warning error path
"""
COMMON = frozenset([*_FAMILIAR.split(), *(name for owner in _BUILTIN for name in dir(owner))])

_WORDS = """
    this null true false undefined void const static final public private protected internal package
    module function return throw throws catch else while switch case break default extends
    implements interface abstract override string number boolean integer double float long short
    char bool byte unsigned signed struct enum union typedef include define require exports async
    await yield typeof instanceof with from import class select insert where table column create
    alter drop model models object array list dict args kwargs param params option options config
    description title type types note example text file files path line lines self super print echo
    then done println printf format unwrap some none error result vec into clone match impl trait
    crate mut
"""
_GENERIC = frozenset(_WORDS.split())

# How comment lines begin in common languages.
COMMENT_STARTS = (b"#", b"//", b"*", b"/*", b"<!--")


def is_generic_name(name: str) -> bool:
    """Whether a name is a keyword, or as common as one, in some language."""
    return keyword.iskeyword(name) or name.lower() in _GENERIC or name in COMMON
