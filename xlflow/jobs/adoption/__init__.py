"""An old tracker of any shape becomes a new register; no cell of it goes missing."""
