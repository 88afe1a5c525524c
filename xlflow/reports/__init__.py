"""WHAT PEOPLE READ: the status workbook, the weekly summary, findings on the terminal."""
