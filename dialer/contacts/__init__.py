"""The customers of campaigns: whose turn it is in, attempts begun, ended and judged out."""
