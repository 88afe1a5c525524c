"""Who is told what: matters of the registers, the people they wait for, and what is new to whom."""
