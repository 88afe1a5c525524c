"""WHAT CHANGED: a register compared with what was last seen of it; pure, values in, values out."""
