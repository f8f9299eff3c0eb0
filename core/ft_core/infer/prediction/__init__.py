"""A step's adapter answers about training tales while its run is still training, for the steps after it."""
