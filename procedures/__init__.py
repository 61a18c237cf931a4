"""The procedures as data, walked with agents and advisers. Prepared; nothing is in it yet."""
