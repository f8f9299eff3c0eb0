"""The checks of a step's contract, one a module; each is a function from a specimen to a verdict."""
