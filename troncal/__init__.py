"""The product as a whole: command line, processes, embedded machines, simulator and load bench."""
