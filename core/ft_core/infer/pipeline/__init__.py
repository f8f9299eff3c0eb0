"""The steps in their order over tales that grow with the answers."""
