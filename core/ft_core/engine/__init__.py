"""Training: the base model, the rows, the adapters and the run's files."""
