"""A small web shop's back office."""
