"""A day of a campaign, without telephones: its plan and a pacer in, what became of calls and agents out. Pure."""
