"""WHAT A REQUIREMENT IS: its fields, choices, stages, and the register that holds them."""
