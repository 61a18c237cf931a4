"""What decides where a call goes before its queue: calendar days, hours and mass outages in, open or closed out."""
