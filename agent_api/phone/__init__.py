"""The agent's phone: SIP of a page or an order of its user in, Asterisk's websocket or a command on the bus out."""
