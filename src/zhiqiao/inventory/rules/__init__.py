"""The rules of the inventory as plain functions: what is in stock, what it scores, which tier it suggests."""
