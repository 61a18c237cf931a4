"""What callers can do by themselves, one file a service."""
