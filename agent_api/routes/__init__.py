"""REST, one file a noun: requests of programs and of our own pages in, JSON or a stream of events out."""
