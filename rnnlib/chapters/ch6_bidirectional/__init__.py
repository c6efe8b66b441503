"""Chapter 6: the bidirectional RNN."""
