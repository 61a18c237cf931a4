"""Supervision: orders of supervisors in, announcements to agents and decisions about calendar and outages out."""
