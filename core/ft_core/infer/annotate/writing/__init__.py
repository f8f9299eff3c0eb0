"""Files of annotated tales, and what lies beside them."""
