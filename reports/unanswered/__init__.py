"""Unanswered calls (`no-atendidas`): days in; causes with their waits, by queue out."""
