"""What reports are made of, and where they are written: the status workbook, the board."""
