"""FastAGI: Asterisk's connections in, scripts of calls run, commands out."""
