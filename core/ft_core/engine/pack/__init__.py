"""Packs: several rows in one sequence, with the prompt's common beginning computed once."""
