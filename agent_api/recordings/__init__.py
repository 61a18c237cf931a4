"""Recorded calls: a search in, sound for a browser out, each playback written down."""
