"""What callers hear that is no number: texts in Spanish, and the sounds made from them."""
