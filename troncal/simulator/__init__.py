"""A plan with a seed in, real telephone calls and the truth about them out: SIPp plays callers and agents."""
