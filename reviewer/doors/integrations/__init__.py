"""Integrations with coding agents that read instructions from files: what is written for each
agent, and how it is removed again.

hosts      where each agent looks for skills and hooks, and what its hook entry looks like
marked     our own files and blocks: rendered, recognised by their marker, cut out again
settings   one entry in a JSON file that others own, byte for byte
files      read, write and remove below one folder, never through a link that leads outside
plan       what an installation or a removal would change, and how it is applied
status     which agents are used here, and what is installed for them
reminder   the hook that asks once for a review when edited code was not reviewed
"""
