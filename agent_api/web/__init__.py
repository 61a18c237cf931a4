"""The HTTP application: wiring, guards and errors; requests in, answers out."""
