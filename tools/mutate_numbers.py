"""Change digits in the text of the chapters, one at a time, and see whether a claim or the sweep notices.

python tools/mutate_numbers.py              100 random digits of all chapters
python tools/mutate_numbers.py 500 3 4      500 digits of chapters 3 and 4
"""

import argparse
import random
import sys

from chapters import chapters
from unguarded import Page, unguarded


def changes(page):
    """Every change of one digit of a page, as (place of the passage, place of the number, the number changed).

    What only refers to something (``EXEMPT`` in ``tools/unguarded.py``) is left out.
    """
    for k, passage in enumerate(page.passages):
        for number in passage.numbers:
            if not page.exempt(passage, number):
                yield from ((k, number, text) for text in number.changed())


def survives(page, k, number, text):
    """Whether nothing complains about the change: no number is unguarded that was guarded, and no claim is lost."""
    before = page.passages[k]
    after = before.with_number(number, text)
    if len(unguarded(page, [after])) > len(unguarded(page, [before])):
        return False
    elsewhere = [passage.text for place, passage in enumerate(page.passages) if place != k]
    return not any(
        claim.pattern.search(before.text)
        and not claim.pattern.search(after.text)
        and not any(claim.pattern.search(other) for other in elsewhere)
        for claim in page.claims
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", nargs="?", type=int, default=100)
    parser.add_argument("chapters", nargs="*", type=int)
    parser.add_argument("--seed", type=int, default=0)
    arguments = parser.parse_args()
    pages = [Page(chapter) for chapter in chapters() if chapter.number in arguments.chapters or not arguments.chapters]
    every = [(page, change) for page in pages for change in changes(page)]
    chosen = random.Random(arguments.seed).sample(every, min(arguments.count, len(every)))
    alive = 0
    for page, (k, number, text) in chosen:
        if survives(page, k, number, text):
            alive += 1
            words = page.passages[k].text[max(0, number.start - 30) : number.end + 20].replace("\n", " ")
            print(f"chapter {page.chapter.number}, {number.text} -> {text}: …{words}…")
    print(f"digits changed {len(chosen)} of {len(every)} possible changes, unnoticed {alive}")
    return 1 if alive else 0


if __name__ == "__main__":
    sys.exit(main())
