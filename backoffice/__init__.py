"""The other systems of the cooperative as the centre sees them: a Protocol, a built-in store, a connector."""
