"""Measuring the reviewer and teaching a model; only their own commands import this."""
