"""What is studied, as data that theory and simulator both read: activations and architectures."""
