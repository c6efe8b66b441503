"""Chapter 5: the GRU."""
