"""The embedded machines: Asterisk, the broker and SIPp as children, from packages in a private folder."""
