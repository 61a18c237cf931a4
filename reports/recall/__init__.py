"""The recall list of some days (`por-devolver`): days in; lost callers and whether anybody called them back out."""
