"""Asterisk's queue log in its copies, or AMI where there is none, in; one stream of rows out."""
