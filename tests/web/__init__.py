"""The pages on phones: by a client without a browser, and in Chromium."""
