"""Training on what earlier adapters answered, in place of some of the annotators' labels."""
