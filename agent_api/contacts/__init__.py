"""An agent's contacts: what was written down of calls, what is still owed, and whom nobody answered."""
