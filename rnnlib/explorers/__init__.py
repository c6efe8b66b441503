"""The figures that move: one module a chapter, one function an explorer."""
