"""Real telephone calls from a plan with a seed: SIPp plays callers and agents, and knows what truly happened."""
