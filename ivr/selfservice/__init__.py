"""Self-services: a caller in, what is said and where the call goes out; one file each."""
