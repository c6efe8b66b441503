"""The font for Chinese on site and slides: it holds what the course uses, and refuses what it cannot be made of."""

import io

import chinese_font
import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont


def test_every_chinese_character_of_the_course_is_in_the_font():
    """What is missing is added by  python tools/chinese_font.py NotoSansCJK-Regular.ttc  and committed."""
    font = TTFont(io.BytesIO(chinese_font.inside()))
    assert chinese_font.characters() >= set("年月日")
    assert chinese_font.characters() - set(map(chr, font.getBestCmap())) == set()
    assert font["name"].getDebugName(1) == chinese_font.FAMILY
    assert "Open Font License" in (chinese_font.SHEET.with_name("chinese-OFL.txt")).read_text(encoding="utf-8")


def made_of(characters):
    """A font in which each of ``characters`` is a triangle."""
    pen = TTGlyphPen(None)
    for draw, point in ((pen.moveTo, (0, 0)), (pen.lineTo, (500, 900)), (pen.lineTo, (900, 0))):
        draw(point)
    pen.closePath()
    names = [".notdef", *(f"u{ord(letter):04x}" for letter in characters)]
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(names)
    builder.setupCharacterMap({ord(letter): name for letter, name in zip(characters, names[1:], strict=True)})
    builder.setupGlyf({name: pen.glyph() for name in names})
    builder.setupHorizontalMetrics(dict.fromkeys(names, (1000, 0)))
    builder.setupHorizontalHeader(ascent=900, descent=-100)
    builder.setupNameTable({"familyName": "Triangles", "styleName": "Regular"})
    builder.setupOS2()
    builder.setupPost()
    stream = io.BytesIO()
    builder.save(stream)
    return TTFont(io.BytesIO(stream.getvalue()))


def test_the_font_takes_the_characters_that_are_wanted_and_no_others():
    font = TTFont(io.BytesIO(chinese_font.subset(made_of("年月日水火"), set("年日"))))
    assert set(map(chr, font.getBestCmap())) == set("年日")
    assert font.flavor == "woff"


def test_a_font_that_lacks_a_character_is_refused_with_its_name():
    with pytest.raises(ValueError, match="got one without 月"):
        chinese_font.subset(made_of("年日"), set("年月日"))


def test_a_file_that_is_no_font_is_answered_with_a_line(tmp_path, monkeypatch):
    path = tmp_path / "letters.ttf"
    path.write_text("no font")
    monkeypatch.setattr("sys.argv", ["chinese_font.py", str(path)])
    assert "letters.ttf: Not a TrueType" in chinese_font.main()
