"""What every route and page stands on: a request in, who asks and the wired parts out, or an error in Spanish."""
