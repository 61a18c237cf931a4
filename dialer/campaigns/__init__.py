"""Campaigns: what they are, how they are kept, when they call whom, and why they do not.

- `model`: a campaign, its states and modes, and the rules of one
- `window`: its first and last day, and those of the prepaid-expiry campaign; `calling_hours`: when it may call on them
- `settings`: what supervisors decide and what is refused; `store`: campaigns as kept, `stored_rules` among it
- `monthly`: what is made, begins and ends by itself; `schedule` does it in time
- `turns`: whose turn it is, and why it is nobody's; `explanation` of an instant, `reasons` in words
"""
