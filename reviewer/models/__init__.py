"""Engines: one async client for every server, dialects, the reply ladder and the scheduler."""
