"""Numbers: what the month, the day and the campaign come to."""
