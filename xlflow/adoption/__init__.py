"""HOW AN OLD TRACKER BECOMES A REGISTER: its headers, columns, values and logs.

Values in, values out. `proposal` says which column means which field and why, `placing` puts each
cell somewhere and counts them, `map_file` is the proposal as a file that people correct.
"""
