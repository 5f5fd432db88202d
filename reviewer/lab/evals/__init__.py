"""Evaluation: cases with known answers, runs over them, and the figures of those runs."""
