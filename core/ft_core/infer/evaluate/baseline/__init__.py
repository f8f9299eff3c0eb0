"""Answers that need no language model: what an adapter has to beat."""
