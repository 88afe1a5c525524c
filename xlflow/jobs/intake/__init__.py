"""HOW REQUESTERS HAND IN: forms dropped into the inbox become records of the register."""
