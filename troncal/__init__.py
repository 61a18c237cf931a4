"""The roof: the command line, the embedded machines, the simulator and the load bench."""
