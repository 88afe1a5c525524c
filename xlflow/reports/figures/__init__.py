"""EVERY FIGURE OF THE REPORTS, counted once: how registers stand, and what moved in a week."""
