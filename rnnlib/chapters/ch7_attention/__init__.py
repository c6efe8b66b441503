"""Chapter 7: sequence to sequence with attention."""
