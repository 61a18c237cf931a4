"""What the commands do, one file a subject; loaded only when the command is given."""
