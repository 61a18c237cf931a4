"""A command in, the text of its AMI actions out; and what Asterisk's answer to one means. Pure."""
