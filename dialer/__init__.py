"""All that goes out: contacts to be made and the state of queues and trunks in, calls and their outcomes out."""
