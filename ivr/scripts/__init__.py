"""The scripts that Asterisk runs by name: a call in, what its caller hears and chooses out."""
