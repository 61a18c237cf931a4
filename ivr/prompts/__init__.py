"""What callers hear: texts in Spanish and values (numbers, dates, names) in, sounds in their order out."""
