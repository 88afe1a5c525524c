"""THE REQUIREMENT ON ONE PAGE: a form to fill in, and a record to read or print."""
