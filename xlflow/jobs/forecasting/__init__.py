"""When open requirements will go live, by what the ledger knows of others."""
