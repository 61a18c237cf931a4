"""An agent's contacts: notes, dispositions given and pending, the day's figures; and the recall list."""
