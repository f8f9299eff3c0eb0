"""Writing a story back into a file of version 3."""
