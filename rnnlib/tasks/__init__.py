"""Tasks that need memory: each draws its sequences from a generator."""
