"""Chapter 4: the LSTM."""
