"""The fast executor: a network as a table of compiled operations over one block of memory.

`docs/engine.md` leads a newcomer through it. In one sentence: every value of a network is stored so that
one vector lane belongs to one image, which makes each kernel read like the scalar formula it computes.
"""
