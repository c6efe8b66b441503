"""Right answers written in another way than the solution, one module a chapter: each must pass its check.

``OTHER_ANSWERS`` of a module maps the names of the exercises to lists of functions or built objects.
"""

import importlib
import pkgutil

CHAPTERS = {
    module.name: importlib.import_module(f"{__name__}.{module.name}") for module in pkgutil.iter_modules(__path__)
}
OTHER_ANSWERS = {
    f"{chapter}.{name}": answers
    for chapter, module in CHAPTERS.items()
    for name, answers in module.OTHER_ANSWERS.items()
}
