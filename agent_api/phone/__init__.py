"""The browser's phone: its SIP through the application's origin, and what agents ask of the telephony."""
