"""Asking a trained step."""
