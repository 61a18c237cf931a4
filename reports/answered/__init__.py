"""Answered calls (`atendidas`): days in; waits, conversations, who ended them, by queue and by agent out."""
