"""One file a process: settings in, a wired and running service out."""
