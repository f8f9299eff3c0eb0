"""What preparing tells: as JSON, on a screen, and as a page."""
