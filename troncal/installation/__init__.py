"""What one installation is made of: programs, addresses, secrets, rendered configuration, and a doctor for them."""
