"""Pages for visitors: what each says (pure), and the addresses that they stand at."""
