"""The indicators of the procedures (`indicadores`): days in; each with its value, target and verdict, out."""
