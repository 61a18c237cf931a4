"""The survey's answers (`encuestas`): days in; every question's answers, in total, by queue and by agent, out."""
