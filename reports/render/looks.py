"""The colours of reports, as `#RRGGBB`: few and sober, told apart in grey print too. Pure."""

INK = "#1F2933"
MUTED = "#5F6B76"
ACCENT = "#1B3A57"
LINE = "#C3CBD3"
PALE = "#F3F5F7"
WHITE = "#FFFFFF"
TARGET = "#B3541E"
SERIES = ("#2F5D8A", "#8FB3D1", "#C9A227", "#5E8C6A", "#8E6C8A", "#9AA5B1")
"""One after the other for the series of a chart; from the first again after the last."""
