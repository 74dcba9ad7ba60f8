"""The pages, as far as nothing has to be served."""
