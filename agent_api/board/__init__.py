"""The live state and the records' counts in, the supervisors' board and the wallboards out."""
