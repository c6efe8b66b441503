"""Chapter 1: the RNN forward pass."""
