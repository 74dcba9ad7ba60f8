"""What the window says, pure: pages (view models) and every word in them."""
