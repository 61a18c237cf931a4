"""A session with Asterisk's manager interface (AMI): actions in, answers and events out; reconnects by itself.

- `session`: the entrance, `AmiLink`; `terms`: settings, states, errors
- `connection`: one connection, on panoramisk; `gathering`: bytes of a burst handed on together
"""
