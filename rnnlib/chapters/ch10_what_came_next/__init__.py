"""Chapter 10: what came next, the state as a matrix."""
