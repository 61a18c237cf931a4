"""A command in, AMI actions out, one answer back."""
