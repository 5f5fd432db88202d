"""Sets limits on itself and runs the command: `python -I confined_child.py SECONDS BYTES COMMAND`.
Imports nothing of the project.

It stays as the parent: as the first process of a process namespace, the command itself could not be
ended by a signal, and its orphans would never be reaped.
"""

from __future__ import annotations

import os
import socket
import struct
import sys

assert sys.platform != "win32"  # where it is never started
import resource  # noqa: E402

_MAX_FILE = 1 << 30  # bytes of one file that the command writes


def main() -> None:
    seconds, memory, command = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]
    # Private memory, not address space: some run times reserve far more of that than they ever use.
    limit(resource.RLIMIT_DATA if sys.platform == "linux" else resource.RLIMIT_AS, memory)
    limit(resource.RLIMIT_CPU, seconds)
    limit(resource.RLIMIT_FSIZE, _MAX_FILE)
    limit(resource.RLIMIT_CORE, 0)
    loopback_up()
    child = os.fork()
    if not child:
        os.execv("/bin/sh", ["sh", "-c", command])  # noqa: S606 - the user's own command line
    status = None
    while status is None:
        ended, how = os.wait()
        status = os.waitstatus_to_exitcode(how) if ended == child else None
    sys.exit(status if status >= 0 else 128 - status)


def limit(what: int, wanted: int) -> None:
    _, hard = resource.getrlimit(what)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(what, (most, most))


def loopback_up() -> None:
    """In a network namespace of its own, 127.0.0.1 is down; many tests listen there. Elsewhere it
    is up already."""
    if sys.platform != "linux":
        return
    import fcntl

    get_flags, set_flags, up = 0x8913, 0x8914, 0x1  # SIOCGIFFLAGS, SIOCSIFFLAGS, IFF_UP
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as control:
        try:
            reply = fcntl.ioctl(control, get_flags, struct.pack("16sh22x", b"lo", 0))
            flags = struct.unpack("16sh22x", reply)[1]
            if not flags & up:
                fcntl.ioctl(control, set_flags, struct.pack("16sh22x", b"lo", flags | up))
        except OSError:  # not permitted: the command runs without it
            return


if __name__ == "__main__":
    main()
