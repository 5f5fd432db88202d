"""Frames on the link: header, then payload."""

import struct
from dataclasses import dataclass
from enum import IntEnum

HEADER = struct.Struct(">HBH")  # sequence number, kind, length of the payload
LONGEST = 0xFFFF
SEQUENCES = 0x10000


class Kind(IntEnum):
    HELLO = 1
    DATA = 2
    BYE = 3


@dataclass(frozen=True)
class Frame:
    kind: Kind
    payload: bytes = b""
    sequence: int = 0


def encode(frame):
    if len(frame.payload) > LONGEST:
        raise ValueError(f"payload of {len(frame.payload)} bytes, at most {LONGEST} fit")
    return HEADER.pack(frame.sequence % SEQUENCES, frame.kind, len(frame.payload)) + frame.payload
