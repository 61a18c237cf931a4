"""The service level: counts of the records in, exact figures out."""
