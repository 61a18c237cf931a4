"""Dispositions (`resultados`): days in; what contacts came to, by queue and by agent out."""
