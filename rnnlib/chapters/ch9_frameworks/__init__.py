"""Chapter 9: frameworks, and what came next."""
