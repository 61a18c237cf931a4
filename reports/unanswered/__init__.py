"""Unanswered calls (`no-atendidas`): days in; causes with waits and positions, by queue and position out."""
