"""What travels on the bus: typed facts, commands and answers in, JSON on topics out, and back."""
