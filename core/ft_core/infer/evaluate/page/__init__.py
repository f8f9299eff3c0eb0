"""The results of an evaluation as one page for a browser."""
