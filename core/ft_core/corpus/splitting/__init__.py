"""Deciding which tales are trained on, watched and held out."""
