"""What the mails say: the weekly summary, everybody's digest, alerts; HTML and text."""
