"""Greedy answers of a base model and its adapters, many prompts at a time."""
