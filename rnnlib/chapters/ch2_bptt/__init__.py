"""Chapter 2: backpropagation through time."""
