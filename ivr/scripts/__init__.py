"""The scripts that Asterisk asks for by name: one call in, what its caller hears and chooses out."""
