"""The runs of the data folder: a table, their curves over each other, and what can be done with them."""
