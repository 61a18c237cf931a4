"""Distribution in time (`distribucion`): days in; calls, level and waits by hour, day, weekday, week and month out."""
