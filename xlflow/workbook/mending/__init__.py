"""MENDING: what people have pasted over or deleted in a register's layout, and putting it back."""
