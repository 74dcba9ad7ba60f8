"""Office days played through on the domain itself, to see what a policy or a promise is worth before visitors do."""
