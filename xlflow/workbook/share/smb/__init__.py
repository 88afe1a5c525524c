"""A SHARE ON A SERVER, reached in user space by its address: `smb://server/share/name.xlsx`."""
