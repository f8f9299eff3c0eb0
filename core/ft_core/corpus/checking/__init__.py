"""Finding what annotators may want to mend."""
