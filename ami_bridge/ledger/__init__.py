"""Rows of the queue log in, calls, queue entries, agents' periods and anomalies out. Pure."""
