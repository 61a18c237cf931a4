"""The monthly report for the ATT: a month in, the level per line and in total out."""
