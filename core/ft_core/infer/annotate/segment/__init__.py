"""Dividing a tale without segments into stretches that are annotated as events."""
