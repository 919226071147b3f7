"""The operations on batches of images, one file a kind."""
