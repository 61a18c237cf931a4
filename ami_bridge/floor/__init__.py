"""AMI events in, the live state of queues, callers, agents and phones out. Pure."""
