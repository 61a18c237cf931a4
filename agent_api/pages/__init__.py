"""The pages of agents, supervisors and administrators: a visitor's request in, HTML with its script and style out."""
