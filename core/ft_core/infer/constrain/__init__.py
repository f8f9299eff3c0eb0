"""Decoding in which only answers of a JSON Schema can be given."""
