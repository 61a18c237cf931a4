"""What supervisors announce to agents and decide about calendar and outages."""
