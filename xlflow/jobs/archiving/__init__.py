"""Closed records leave the register for the archive of their year, and come back if need be.

A move goes over two files. The archive is written first and read back; only then is the record
taken out of the register. So a record that a kill leaves in both is whole in both, and the next
call finds it there and goes on.
"""
