"""Pauses that nobody chooses: the bridge or the desk sets them. All other reasons are the centre's. Pure."""

# An agent finishes what a call left to write; the desk sets it, where the centre has it among its reasons.
AFTER_CALL_WORK = "Trabajo posterior"
# The agent's phone is not registered; it ends by itself when the phone is back.
PHONE_AWAY = "Teléfono"
# The agent rejected a call, or let one ring until its end: the next caller is not to meet the same phone.
CALL_REJECTED = "Rechazo"
CALL_UNANSWERED = "Sin respuesta"
