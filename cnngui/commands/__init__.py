"""What can be done, in one table, and the menus made of it."""
