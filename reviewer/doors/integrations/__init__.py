"""The door for coding agents that read instructions from files: what is written for each of them,
and taken away again.

hosts      where each agent looks for skills and hooks, and what its hook entry looks like
marked     our own files and blocks: rendered, recognised by their marker, cut out again
settings   one entry in a JSON file that others own, byte for byte
files      read, write and remove below one folder, never through a link that leads out of it
plan       what an installation or a removal would change, and doing it
status     which agents are used here, and what is installed for them
reminder   the hook that asks once for a review when edited code was not reviewed
"""
