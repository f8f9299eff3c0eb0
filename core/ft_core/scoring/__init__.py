"""The arithmetic of metrics: additive counts, figures of their sums, and similarities of texts and sequences."""
