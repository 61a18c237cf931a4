"""What the commands do, one file a subject: options in, text and an exit code out; loaded only when given."""
