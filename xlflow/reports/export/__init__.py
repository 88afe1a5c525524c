"""Tables for other programs: register, findings, deadlines, history as CSV, JSON or Parquet.

`layout` tells what a table is; `records`, `findings`, `deadlines` and `history` give its rows, one
after the other; `csv_form`, `json_form` and `parquet_form` write them as they come, so that a table
of any length takes little memory.
"""
