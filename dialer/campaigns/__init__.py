"""Campaigns: what they are, when they call whom, and why they do not.

- `model`: a campaign, its states and modes, and the rules of one
- `window`: its first and last moment, and the months of the prepaid-expiry campaign
- `turns`: whose turn it is, and why it is nobody's
"""
