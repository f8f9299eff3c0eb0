"""Annotating tales with trained adapters: from files to files."""
