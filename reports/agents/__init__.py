"""Agents (`agentes`): days in; sessions, pauses, occupancy, calls and missed offers, per agent and day out."""
