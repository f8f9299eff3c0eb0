"""Reading an annotated tale of any version into a story, with every repair on record."""
