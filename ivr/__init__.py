"""What the caller hears: a call in, menus, self-services and the decision for a queue out."""
