"""Runs a review: the only folder that knows the order of the stages. Start with `review.py`, which
reads like the data flow:

    plan → evidence → passes → ask_unit → settle → ledger

`plan` is frozen, `ledger` holds all mutable state, `clock` ends the run on time, and `recall` reads
and writes the memory of earlier runs. `explain` prints the prompts that a run would send.
`fix_loop` reviews, applies the proved fixes, and reviews again; `compare` tells it whether a round
was an improvement.
"""
