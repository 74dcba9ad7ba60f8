"""What a lobby display says (lobby, panel), and where it stands (layout, calls, info; all of them in sheets). Pure."""
