"""What an adapter was trained with, kept beside it, and held against what is there when it is used."""
