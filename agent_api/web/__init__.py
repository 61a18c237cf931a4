"""What every route and page stands on: the wired parts, who may ask, guards, and errors in Spanish."""
