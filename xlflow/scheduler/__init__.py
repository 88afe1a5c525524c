"""WHAT RUNS BY ITSELF: which job is due when, the loop that runs it, and how to see that it did."""
