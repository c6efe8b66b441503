"""The exercises: one module a chapter, one class an exercise."""
