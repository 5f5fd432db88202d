"""The other places of a finding, as the memory keeps them: so that the finding is known, and its
dismissal holds, by the name of any of them."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

Digits = Annotated[str, Field(pattern="^[0-9a-f]{12}$")]


class Sibling(BaseModel):
    """One place. `path` is file system bytes."""

    model_config = ConfigDict(frozen=True, val_json_bytes="hex", ser_json_bytes="hex")

    id: Digits
    fingerprint: Digits
    path: bytes

    @property
    def name(self) -> str:
        return os.fsdecode(self.path)


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """A place of a finding under every name that the memory may know it by: its id, the path and
    the id before a rename (None: there was none), and its fingerprint."""

    id: str
    path: str
    before: str | None
    former: str | None
    mark: str

    @property
    def kept(self) -> Sibling:
        return Sibling(id=self.id, fingerprint=self.mark, path=os.fsencode(self.path))


_SIBLINGS = TypeAdapter(tuple[Sibling, ...])


def dump(places: Iterable[Sibling]) -> str:
    """As text for the column; "" for none."""
    made = [each.model_dump(mode="json") for each in places]
    return json.dumps(made, separators=(",", ":")) if made else ""


def parse(column: object) -> tuple[Sibling, ...]:
    """What `dump` wrote; nothing for what is damaged."""
    if not isinstance(column, str) or not column:
        return ()
    try:
        return _SIBLINGS.validate_json(column)
    except ValidationError:
        return ()
