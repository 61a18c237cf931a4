"""Outbound campaigns for people: what supervisors see and decide of them and their lists, and whom agents call."""
