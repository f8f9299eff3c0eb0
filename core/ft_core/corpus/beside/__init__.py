"""What lies beside the tales: STAC sidecars, texts, summaries and retellings."""
