"""Who may use Troncal: users, passwords, sessions and the audit log."""
