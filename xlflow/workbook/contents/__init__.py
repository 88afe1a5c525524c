"""WHOLE RECORDS: all that stands in their rows and lines, in columns of the staff's own too.

The reader gives the fields that the rules look at. Here nothing is left out, since records that
move from one workbook to another must lose nothing on the way.
"""
