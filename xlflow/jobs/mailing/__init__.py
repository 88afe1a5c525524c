"""HOW PEOPLE ARE TOLD: the weekly summary, everybody's digest, alerts; all through the outbox."""
