"""Who may use Troncal: logins and passwords in, users with sessions out; and the audit log of what they did."""
