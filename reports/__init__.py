"""Reports: the records of a month or half-year in, figures and sheets out."""
