"""Measuring adapters on tales they never saw, beside baselines, the base model, and the whole pipeline."""
