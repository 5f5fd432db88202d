"""Frames on the link: header, then payload."""

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">BH")  # kind, length of the payload
LONGEST = 0xFFFF


class Kind(IntEnum):
    HELLO = 1
    DATA = 2
    BYE = 3


@dataclass(frozen=True)
class Frame:
    kind: Kind
    payload: bytes = b""


def encode(frame):
    if len(frame.payload) > LONGEST:
        raise ValueError(f"payload of {len(frame.payload)} bytes, at most {LONGEST} fit")
    return HEADER.pack(frame.kind, len(frame.payload)) + frame.payload
