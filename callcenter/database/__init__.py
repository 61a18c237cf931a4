"""The records' database: an address in, reads and the product's only transactions out."""
