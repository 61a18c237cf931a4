"""A command in, the headers of its AMI actions out; and what Asterisk's answer to one means. Pure."""
