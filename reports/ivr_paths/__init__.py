"""The callers' paths through the menus: a month in, keys, services and hang-ups out."""
