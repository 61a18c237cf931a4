"""What the caller hears: menus, self-service, routing. Still empty."""
