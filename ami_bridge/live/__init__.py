"""The live pipe: events of the session in, facts on the bus out. What is lost here is lost to screens only."""
