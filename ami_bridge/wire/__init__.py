"""Raw AMI bytes in, trustworthy events and responses out. Pure."""
