"""Outbound calls. Still empty."""
