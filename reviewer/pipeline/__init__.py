"""The only folder that knows the order of the stages. `review.py` reads as the data flow.

    plan → evidence → passes → ask_unit → settle → ledger

`plan` is frozen, `ledger` is the only mutable state, `clock` ends the run in time. `explain` prints
what a run would send; `fix_loop` reviews, applies what is proved, and reviews again.
"""
