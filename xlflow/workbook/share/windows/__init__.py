"""WINDOWS: a path on a disk, a mapped drive, a share; `host` decides, `kernel32` calls."""
