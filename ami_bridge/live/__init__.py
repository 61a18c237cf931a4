"""The live pipe: AMI events through the floor to the bus. What is lost here is lost to screens only."""
