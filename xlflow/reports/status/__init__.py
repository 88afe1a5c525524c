"""The status workbook: a page that is read in a minute, and the lists behind it."""
