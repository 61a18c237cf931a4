"""Queue entries in progress, each a machine of explicit states: begin in `in_progress.py` and `entry.py`. Pure."""
