"""What the caller hears: a call in, menus, self-services and the way to a queue out."""
