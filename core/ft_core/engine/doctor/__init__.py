"""Looking whether a machine is ready to train, and saying what to do where it is not: one module for each group of checks."""
