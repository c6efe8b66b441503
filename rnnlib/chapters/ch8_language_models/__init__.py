"""Chapter 8: language models."""
