"""Campaigns as supervisors see them: their lists, and what they order of both."""
