"""The step ``moral``: what a tale teaches."""
