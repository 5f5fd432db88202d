"""Evaluating the reviewer and preparing training data; only their own commands import this."""
