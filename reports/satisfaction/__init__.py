"""The satisfaction survey (COM-DSC-P01): a half-year in, satisfied of attended out."""
