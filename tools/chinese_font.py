"""Make the font with which site and slides show Chinese where the reader's machine has none.

python tools/chinese_font.py NotoSansCJK-Regular.ttc     write site/static/chinese.css

Of a font under the SIL Open Font License it takes the characters that the course uses, and nothing else. They lie in
the style sheet itself, so that slides from a USB stick find them: some browsers keep a page that is read from a disk
from fonts in other folders. The licence is beside it, site/static/chinese-OFL.txt.
"""

import argparse
import base64
import io
import re
import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter
from fontTools.ttLib import TTCollection, TTFont, TTLibError
from run_notebooks import ROOT

SHEET = ROOT / "site" / "static" / "chinese.css"
FAMILY = "Course Chinese"  # the licence reserves the name of the source
SIMPLIFIED = "CJK SC"  # of the forms that a collection has of a character, those of mainland China
CHINESE = re.compile("[\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef]")
READ = ("notebooks/*.ipynb", "rnnlib/**/*.py", "rnnlib/**/*.md", "site/*.*", "site/static/*.js")


def characters():
    """The Chinese characters, and their punctuation, of all that becomes a page or a slide: a set."""
    paths = [path for pattern in READ for path in ROOT.glob(pattern)]
    return {letter for path in paths for letter in CHINESE.findall(path.read_text(encoding="utf-8"))}


def inside(sheet=SHEET):
    """The font in the style sheet, as bytes."""
    return base64.b64decode(re.search(r"base64,([^)]+)\)", sheet.read_text(encoding="utf-8"))[1])


def subset(font, wanted):
    """``font`` with the characters ``wanted`` alone, as the bytes of a WOFF file.

    Raises ValueError where it lacks some of them.
    """
    if missing := wanted - set(map(chr, font.getBestCmap())):
        raise ValueError(f"the font: expected all characters of the course, got one without {''.join(sorted(missing))}")
    options = Options(flavor="woff", hinting=False, layout_features=[], name_IDs=[0, 13, 14], notdef_outline=True)
    subsetter = Subsetter(options)
    subsetter.populate(text="".join(sorted(wanted)))
    subsetter.subset(font)
    names = font["name"]
    for number, name in {1: FAMILY, 2: "Regular", 4: FAMILY, 6: FAMILY.replace(" ", "")}.items():
        names.setName(name, number, 3, 1, 0x409)
    font.flavor = "woff"
    font.recalcTimestamp = False
    stream = io.BytesIO()
    font.save(stream)
    return stream.getvalue()


def write(font):
    """Write the style sheet."""
    letters = base64.b64encode(subset(font, characters())).decode()
    SHEET.write_text(
        f"/* Made by tools/chinese_font.py, licensed under the SIL Open Font License: chinese-OFL.txt. */\n"
        f'@font-face {{ font-family: "{FAMILY}"; unicode-range: U+2E80-9FFF, U+F900-FAFF, U+FF00-FFEF;\n'
        f'  src: url(data:font/woff;base64,{letters}) format("woff"); }}\n',
        encoding="utf-8",
    )


def opened(path):
    """The font in a file; of a collection the one with simplified forms."""
    if path.suffix != ".ttc":
        return TTFont(path)
    return next(font for font in TTCollection(path).fonts if font["name"].getDebugName(1).endswith(SIMPLIFIED))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("font", type=Path, help="a .ttf, .otf or .ttc file with Chinese")
    path = parser.parse_args().font
    try:
        write(opened(path))
    except (OSError, TTLibError, StopIteration, ValueError) as error:
        return f"{path}: {error or 'a collection without simplified forms'}"
    print(f"{SHEET.relative_to(ROOT)}: {len(characters())} characters, {SHEET.stat().st_size:,} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
