"""Which tales are to be annotated, and reading each when it is its turn."""
