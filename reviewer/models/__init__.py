"""Models: one async client for every server, the dialects, the repair of replies, and the
scheduler."""

from __future__ import annotations

from reviewer.models.detect import LOCAL, Probe, connect, probe, probe_local

__all__ = ["LOCAL", "Probe", "connect", "probe", "probe_local"]
