"""WHEN IT IS DUE: the working calendar, the deadlines of each requirement, and its next step."""
