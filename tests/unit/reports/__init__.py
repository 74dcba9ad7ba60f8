"""Facts, figures and files of reports."""
