"""Ground floor: what a call centre is. No telephony, no HTTP."""
