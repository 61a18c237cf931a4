"""Call detail (`llamadas`): days in; each call with its way, waits, conversation and end out. Data of persons."""
