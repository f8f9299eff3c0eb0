"""Reading annotated tales and making training data of them."""
