"""Smartflex: questions about customers, faults, statements, orders and prepaid expiries in, typed answers out."""
