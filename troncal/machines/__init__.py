"""The embedded machines: Debian packages in, Asterisk, the broker and SIPp as supervised children out."""
