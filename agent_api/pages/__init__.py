"""The pages that agents, supervisors and administrators work in."""
