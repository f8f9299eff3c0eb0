"""The optimizer loop: batches, steps, checkpoints, and what is watched meanwhile."""
