"""Outbound campaigns: what supervisors see of them and of their lists, and what they decide."""
