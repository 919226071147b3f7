"""The canvas: the design drawn, and the gestures that edit it.

The scene draws a graph and nothing else; a gesture makes an edit of the document, which the scene then shows.
"""
