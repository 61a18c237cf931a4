"""Reports for supervisors: each is made in a process of its own, and each file that leaves is written down."""
