"""A renderer of Matplotlib that writes SVG for a page: few bytes, whole hundredths of a point, nothing defined twice.

Matplotlib's own SVG backend writes a file. Here a figure is taken apart into pieces that a
page keeps and replaces one by one, so all ids are made of what they name: two pieces, or two drawings of one piece,
agree on them. Lengths are in units of 1/100 point. Colours are CSS variables, so that the page can be dark.
"""

import base64
import hashlib
import io

import numpy as np
from matplotlib.backend_bases import RendererBase
from matplotlib.colors import to_hex
from matplotlib.path import Path
from matplotlib.textpath import TextToPath
from matplotlib.transforms import Affine2D
from PIL import Image

from .dark import variable
from .svg_paths import UNIT, extent, relative

SMALL = 90 * UNIT  # a filled shape up to this size is defined once and then used
MARK = 16 * UNIT  # up to this size it is a mark or a letter and takes the colour of lines, else that of areas
MEANINGS = 6  # more colours than these in one artist are a scale of numbers
HATCH = 72  # points: the side of the tile of a hatch


class Renderer(RendererBase):
    """Writes what artists draw as SVG text; ``take`` hands it over.

    ``defs`` holds every shape, clip and hatch that was named so far, by its id; ``colours`` what each CSS variable
    is on a light and on a dark page. Both only grow, and a page needs each entry once.
    """

    def __init__(self, width, height):
        super().__init__()
        self.width, self.height = width, height  # points
        self.defs, self.colours = {}, {}
        self._text2path = self._words = TextToPath()
        self._shapes, self._texts, self._boxes = {}, {}, {}
        self._written, self._by_number = [], False

    def take(self, draw):
        """What ``draw(renderer)`` draws, as SVG text."""
        around, self._written = self._written, []
        try:
            draw(self)
            return "".join(self._written)
        finally:
            self._written = around

    def write(self, text):
        """Add SVG text unchanged."""
        self._written.append(text)

    # What Matplotlib asks a renderer.

    def get_canvas_width_height(self):
        return self.width, self.height

    def points_to_pixels(self, points):
        return points

    def flipy(self):
        return True

    def option_image_nocomposite(self):
        return True

    def option_scale_image(self):
        return True

    def get_text_width_height_descent(self, s, prop, ismath):
        return self._words.get_text_width_height_descent(s, prop, ismath)

    def draw_path(self, gc, path, transform, rgbFace=None):
        line = rgbFace is None and gc.get_hatch_path() is None
        if not line and path.readonly and len(path.vertices) > 8:  # a circle or a letter, no bar
            shape, size = self._known_shape(path, transform)
            if shape is not None:
                return self._use(gc, shape, transform.transform(path.vertices[:1]), rgbFace, area=size > MARK)
        clip = (-9.0, -9.0, self.width + 9, self.height + 9) if line else None
        cleaned = path.cleaned(
            transform, remove_nans=True, clip=clip, simplify=line and path.should_simplify, curves=True
        )
        start, d = relative(cleaned)
        if not d:
            return None
        x, y = self._place(start)
        return self.write(f'<path d="m{x} {y}{d}"{self._look(gc, rgbFace)}/>')

    def draw_markers(self, gc, marker_path, marker_trans, path, trans, rgbFace=None):
        if path.codes is None:
            places = trans.transform(path.vertices)
        else:
            places = [vertices[-2:] for vertices, _ in path.iter_segments(trans, simplify=False) if len(vertices)]
        if len(places):
            _, d = relative(marker_path.cleaned(marker_trans, curves=True))
            first = marker_trans.transform(marker_path.vertices[:1])
            shape = self._define("p", f'd="m{self._pair(first[0])}{d}"', "path")
            self._use(gc, shape, places, rgbFace)

    def draw_path_collection(
        self, gc, master, paths, transforms, offsets, offset_trans, facecolors, edges, *rest, **more
    ):
        """One path after another; where many colours show numbers, they are the same on a dark page."""
        if not len(paths):  # so Matplotlib asks which arguments are known
            return
        self._by_number = len(facecolors) > MEANINGS and len(np.unique(facecolors, axis=0)) > MEANINGS
        colours = [list(map(tuple, each)) for each in (facecolors, edges)]  # of a tuple Matplotlib remembers the colour
        if gc.get_hatch() is None:
            more["hatchcolors"] = ()
        super().draw_path_collection(gc, master, paths, transforms, offsets, offset_trans, *colours, *rest, **more)
        self._by_number = False

    def draw_image(self, gc, x, y, im, transform=None):
        """One pixel an entry; the page enlarges it. ``transform`` maps the unit square to the image."""
        if transform is None:
            transform = Affine2D().scale(im.shape[1], im.shape[0])
        (left, first), (right, last) = np.add(transform.transform([(0, 0), (1, 1)]), (x, y))
        rows = im[::-1] if last > first else im  # the page draws the first row on top
        rows = rows if right > left else rows[:, ::-1]
        stream = io.BytesIO()
        Image.fromarray(np.ascontiguousarray(rows)).save(stream, "png")
        data = base64.b64encode(stream.getvalue()).decode()
        top = self.height - max(first, last)
        box = [round(UNIT * side) for side in (min(left, right), top, abs(right - left), abs(last - first))]
        fade = "" if gc.get_alpha() in (None, 1) else f' opacity="{gc.get_alpha():g}"'
        place = 'x="{}" y="{}" width="{}" height="{}"'.format(*box)
        image = f'<image {place} preserveAspectRatio="none" href="data:image/png;base64,{data}"{fade}/>'
        clip = self._clip(gc)
        self.write(f"<g{clip}>{image}</g>" if clip else image)

    def draw_quad_mesh(
        self, gc, master, columns, rows, points, offsets, offset_trans, colours, antialiased, edgecolors
    ):
        """A mesh of even straight lines is an image with one pixel a cell, any other mesh many paths."""
        corners = master.transform(np.asarray(points).reshape(-1, 2)).reshape(rows + 1, columns + 1, 2)
        x, y = corners[0, :, 0], corners[:, 0, 1]
        straight = np.allclose(corners[..., 0], x) and np.allclose(corners[..., 1], y[:, None])
        even = all(np.ptp(np.diff(line)) <= 1e-6 * np.ptp(line) for line in (x, y))
        if not (straight and even) or len(colours) != rows * columns or len(edgecolors):
            return super().draw_quad_mesh(
                gc, master, columns, rows, points, offsets, offset_trans, colours, antialiased, edgecolors
            )
        cells = np.round(255 * np.asarray(colours)).astype(np.uint8).reshape(rows, columns, 4)
        cells = cells[:: 1 if y[-1] > y[0] else -1, :: 1 if x[-1] > x[0] else -1]
        size = Affine2D().scale(np.ptp(x), np.ptp(y))
        return self.draw_image(gc, x.min(), y.min(), np.ascontiguousarray(cells), size)

    def draw_text(self, gc, x, y, s, prop, angle, ismath=False, mtext=None):
        key = (s, hash(prop), angle, ismath)
        if key not in self._texts:
            self._texts[key] = self._text(s, prop, angle, ismath)
        if self._texts[key] is not None:
            # the place comes with y down
            self._use(gc, self._texts[key], np.array([[x, self.height - y]]), gc.get_rgb(), words=True)

    def draw_letters(self, letters, transform, colour, rim=None):
        """Letters, ``(path, advance)`` each for font size 1 and a path of None for a space, one after another.

        ``rim`` is the width in points of the bright edge that lets them be read over lines.
        """
        (a, _, x), (_, d, y), _ = transform.get_matrix()
        uses, across, size = [], 0.0, Affine2D().scale(a, d)
        for path, advance in letters:
            if path is not None:
                shape, _ = self._known_shape(path, size, from_origin=True)
                uses.append(f'<use href="#{shape}" x="{round(UNIT * across * a)}"/>')
            across += advance
        place = f'<g transform="translate({self._pair((x, y), origin=True)})"'
        if rim is not None:
            white = self._variable((1, 1, 1))
            look = f'fill="none" stroke="{white}" stroke-opacity=".85" stroke-width="{round(UNIT * rim)}"'
            self.write(f"{place} {look}>{''.join(uses)}</g>")
        self.write(f'{place} fill="{self._variable(colour)}">{"".join(uses)}</g>')

    # How it is written.

    def _place(self, point):
        return round(UNIT * float(point[0])), round(UNIT * (self.height - float(point[1])))

    def _pair(self, point, origin=False):
        """A point as SVG text, y down; from the corner of the picture with ``origin``, else from (0, 0)."""
        x, y = (float(number) for number in point)
        return f"{round(UNIT * x)} {round(UNIT * ((self.height if origin else 0) - y))}"

    def _known_shape(self, path, transform, from_origin=False):
        """The id of a shape that is drawn again and again, defined up to where it lies; None where it is large."""
        matrix = transform.get_matrix()
        key = (id(path), matrix[:2, :2].tobytes(), from_origin)
        if key not in self._shapes:
            linear = Affine2D.from_values(*matrix[:2, :2].T.ravel(), 0, 0)
            cleaned = path.cleaned(linear, curves=True)
            shape, size = None, extent(cleaned)
            if size < SMALL:
                _, d = relative(cleaned)
                first = self._pair(cleaned.vertices[0]) if from_origin else "0 0"
                shape = self._define("p", f'd="m{first}{d}"', "path")
            self._shapes[key] = shape, size, path  # the path is kept, so that its id stays its own
        return self._shapes[key][:2]

    def _define(self, letter, inside, tag, content=""):
        key = letter + hashlib.sha256((inside + content).encode()).hexdigest()[:8]
        if key not in self.defs:
            self.defs[key] = f'<{tag} id="{key}" {inside}' + (f">{content}</{tag}>" if content else "/>")
        return key

    def _text(self, s, prop, angle, ismath):
        """The id of a text; None where nothing is seen of it."""
        vertices, codes = self._words.get_text_path(prop, s, ismath=ismath)
        if not len(vertices):
            return None
        turn = Affine2D().scale(prop.get_size_in_points() / self._words.FONT_SCALE).rotate_deg(angle)
        _, d = relative(Path(vertices, codes).cleaned(turn, curves=True))
        return self._define("p", f'd="m{self._pair(turn.transform(vertices[:1])[0])}{d}"', "path")

    def _use(self, gc, shape, places, face, words=False, area=False):
        places = np.asarray(places)
        x, y = places[np.abs(places).max(axis=1) < 1e5].T  # not what is far away or NaN
        units = np.rint(UNIT * np.stack((x, self.height - y), axis=1)).astype(int).tolist()
        uses = [f'<use href="#{shape}" x="{x}" y="{y}"' for x, y in units]
        look = (
            f' fill="{self._variable(face)}"{self._faded(gc)}{self._clip(gc)}' if words else self._look(gc, face, area)
        )
        if len(uses) == 1 and "clip-path" not in look:  # a clip would move with the shape
            self.write(f"{uses[0]}{look}/>")
        elif uses:
            self.write(f"<g{look}>{''.join(use + '/>' for use in uses)}</g>")

    def _variable(self, colour, area=False):
        if self._by_number and area:
            return to_hex(colour[:3])
        name, light, dark = variable(tuple(colour[:3]), area)
        self.colours[name] = light, dark
        return f"var(--{name})"

    def _faded(self, gc, alpha=None):
        alpha = gc.get_rgb()[3] if alpha is None else alpha
        return "" if alpha == 1 else f' opacity="{alpha:g}"'

    def _look(self, gc, face, area=True):
        """Fill, edge, dashes and clip of a shape as attributes."""
        written, alpha = [], gc.get_alpha() if gc.get_forced_alpha() else None
        if gc.get_hatch_path() is not None:
            written.append(f' fill="url(#{self._hatch(gc, face)})"')
        elif face is None or (len(face) == 4 and face[3] == 0 and alpha is None):
            written.append(' fill="none"')
        else:
            written.append(f' fill="{self._variable(face, area)}"')
            opacity = alpha if alpha is not None else face[3] if len(face) == 4 else 1
            if opacity != 1:
                written.append(f' fill-opacity="{opacity:g}"')
        width, edge = gc.get_linewidth(), gc.get_rgb()
        opacity = alpha if alpha is not None else edge[3]
        if width and opacity:
            written.append(f' stroke="{self._variable(edge)}" stroke-width="{round(UNIT * width)}"')
            if opacity != 1:
                written.append(f' stroke-opacity="{opacity:g}"')
            offset, dashes = gc.get_dashes()
            if dashes is not None:
                written.append(f' stroke-dasharray="{" ".join(str(round(UNIT * dash)) for dash in dashes)}"')
                if offset:
                    written.append(f' stroke-dashoffset="{round(UNIT * offset)}"')
            cap, join = gc.get_capstyle(), gc.get_joinstyle()
            if cap != "butt":
                written.append(f' stroke-linecap="{"square" if cap == "projecting" else cap}"')
            if join != "round":
                written.append(f' stroke-linejoin="{join}"')
        return "".join(written) + self._clip(gc)

    def _hatch(self, gc, face):
        _, d = relative(gc.get_hatch_path().cleaned(Affine2D().scale(HATCH), curves=True))
        first = self._pair(HATCH * gc.get_hatch_path().vertices[0])
        side, ground = HATCH * UNIT, "none" if face is None else self._variable(face, area=True)
        colour, width = self._variable(gc.get_hatch_color()), round(UNIT * gc.get_hatch_linewidth())
        content = (
            f'<path d="m0 0h{side}v-{side}h-{side}z" fill="{ground}"/>'
            f'<path d="m{first}{d}" fill="{colour}" stroke="{colour}" stroke-width="{width}"/>'
        )
        tile = f'patternUnits="userSpaceOnUse" viewBox="0 -{side} {side} {side}" width="{side}" height="{side}"'
        return self._define("h", tile, "pattern", content)

    def _clip(self, gc):
        path, transform = gc.get_clip_path()
        box = gc.get_clip_rectangle()
        if path is not None:
            start, d = relative(path.cleaned(transform, curves=True))
            x, y = self._place(start)
            return self._clipped(f"m{x} {y}{d}")
        if box is None:
            return ""
        corners = (box.x0, box.y1), (box.x1, box.y0)
        if corners not in self._boxes:
            (x, y), (right, bottom) = map(self._place, corners)
            self._boxes[corners] = self._clipped(f"m{x} {y}h{right - x}v{bottom - y}h{x - right}z")
        return self._boxes[corners]

    def _clipped(self, d):
        return f' clip-path="url(#{self._define("c", "", "clipPath", f"""<path d="{d}"/>""")})"'
