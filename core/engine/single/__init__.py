"""The network for one image at a time: the lanes of a vector are channels, so that none idles."""
