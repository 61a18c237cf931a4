"""A call before its queue in; where it goes, how urgently, and how long it will wait, out."""
