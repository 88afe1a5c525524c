"""Files by which a system's own service manager starts xlflow, and the commands that switch it on.

Nothing here touches the system: a person copies and types.
"""
