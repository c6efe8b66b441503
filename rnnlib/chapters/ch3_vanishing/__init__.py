"""Chapter 3: vanishing and exploding gradients."""
