"""The screen-pop: a ringing call in; its customer, products and last calls out."""
