"""THE STORY: each job reads like the list of what happens; the world comes in as arguments."""
