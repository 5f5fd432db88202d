"""How uses of names prove what they mean."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Links:
    """How a use of a name proves which definition it means, where no type is resolved. Patterns may
    name the `variable` and the `type` in braces."""

    variables: str = ""  # what gives the variable the type, on the line that defines it
    # Finds the package or namespace of a file: group 1. Its files see each other's names.
    package: re.Pattern[str] | None = None
    inner: re.Pattern[str] | None = None  # an import statement of something in the project
    spaces: re.Pattern[str] | None = None  # the header of what is a namespace, no class
    everywhere: bool = False  # functions and types are used without an import
    closed: bool = False  # whatever defines a member says which class it is in
    # The header, or the beginning of the body of a class that gets members from elsewhere.
    extends: re.Pattern[str] | None = None
    embeds: re.Pattern[str] | None = None
    # A source in which members may exist that nothing there defines.
    dynamic: re.Pattern[str] | None = None
    # An import that may bring names that it does not name.
    wildcard: re.Pattern[str] | None = None
    accessors: bool = False  # a property `size` is also `getSize()`
    # Whether a call with fewer, or with more arguments than the definition takes is an error.
    too_few: bool = True
    too_many: bool = True
