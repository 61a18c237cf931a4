"""A session with Asterisk's manager interface: actions in, answers and events out; opened again when it is lost."""
