"""Campaigns (`campanas`): days in; one row a campaign of these days, with the figures of its own report, out."""
