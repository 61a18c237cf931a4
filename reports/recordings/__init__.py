"""Recordings (`grabaciones`): days in; how many there are, how large, deleted and listened to, by queue out."""
