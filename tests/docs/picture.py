"""A frame of a script (glyphs, `---`, roles) as an SVG picture, in the colours of a theme.

Each run of one look is a text of its own, at its column and exactly as wide as its cells, so that the grid holds in every
font and browser. Where there is more than one blank a new text begins: XML's blanks are one.
"""

import pathlib
import re
import unicodedata
from xml.sax.saxutils import escape, quoteattr

ROOT = pathlib.Path(__file__).resolve().parents[2]
CELL_W, CELL_H, FONT, MARGIN = 8, 18, 13, 8  # pixels


def roles():
    """letter -> name"""
    rows = re.findall(r"\{\"([\w.]+)\", '(\\?.)'\}", (ROOT / "src/ui/role.c").read_text(encoding="utf-8"))
    return {letter[-1]: name for name, letter in rows}


def read_theme(name):
    """role -> [fg, bg, attributes], as far as the theme says it; the gradient is spread over its steps."""
    said = {}
    for line in (ROOT / "themes" / name).read_text(encoding="utf-8").splitlines():
        line = line.strip()
        if not line or line.startswith("#"):
            continue
        role, value = (part.strip() for part in line.split("=", 1))
        parts = [part.strip() for part in value.split(",")]
        if role == "heat":
            stops = [[int(stop[i : i + 2], 16) for i in (1, 3, 5)] for stop in parts]
            for step in range(8):
                place = step / 7 * (len(stops) - 1)
                left = min(int(place), len(stops) - 2)
                mixed = [int(a + (b - a) * (place - left) + 0.5) for a, b in zip(stops[left], stops[left + 1])]
                said[f"heat.{step}"] = ["#%02x%02x%02x" % tuple(mixed), "", ""]
        else:
            said[role] = (parts + ["", ""])[:3]
    return said


def look(said, role):
    """(foreground, background, attributes) with what is inherited"""
    parts = ["", "", ""]
    while True:
        for i, part in enumerate(said.get(role, ["", "", ""])):
            parts[i] = parts[i] or part
        if role == "default":
            break
        role = role.rpartition(".")[0] or "default"
    fg, bg, attributes = parts
    if "reverse" in attributes:
        fg, bg = bg, fg
    return fg, bg, attributes


def cells(line):
    """the characters with the columns that they take"""
    for char in line:
        yield char, 2 if unicodedata.east_asian_width(char) in "WF" else 1


def row(y, glyphs, styles, said, names):
    """the SVG of a line: backgrounds, then runs of text of one look"""
    selected = look(said, "list.sel") if "L" in styles else None
    base = look(said, "default")
    runs, at = [], 0
    for char, width in cells(glyphs):
        style = look(said, names.get(styles[at : at + 1], "default"))
        if selected:
            style = (selected[0] if selected[1] != base[1] else style[0], selected[1], style[2])
        if runs and runs[-1][1] == style:
            runs[-1][2].append(char)
            runs[-1][3] += width
        else:
            runs.append([at, style, [char], width])
        at += width
    made = []
    for x, (fg, bg, attributes), chars, width in runs:
        left, length = MARGIN + x * CELL_W, width * CELL_W
        if bg != base[1]:
            made.append(f'<rect x="{left}" y="{y - CELL_H + 5}" width="{length}" height="{CELL_H}" fill="{bg}"/>')
        more = ' font-weight="bold"' * ("bold" in attributes) + ' text-decoration="underline"' * ("underline" in attributes)
        for word in re.finditer(r"\S+(?: \S+)*", "".join(chars)):
            before = sum(columns for _, columns in cells("".join(chars)[: word.start()]))
            length = sum(columns for _, columns in cells(word[0])) * CELL_W
            at = left + before * CELL_W
            made.append(f'<text x="{at}" y="{y}" textLength="{length}" fill="{fg}"{more}>{escape(word[0])}</text>')
    return made


def picture(frame, title, theme="gruvbox"):
    """the SVG of a frame's text"""
    glyphs, _, styles = frame.partition("---\n")
    said, names = read_theme(theme), roles()
    lines, styles = glyphs.splitlines(), styles.splitlines()
    columns = max(len(line) for line in styles)
    lines = [line + " " * (columns - sum(width for _, width in cells(line))) for line in lines]
    w, h = columns * CELL_W + 2 * MARGIN, len(lines) * CELL_H + 2 * MARGIN
    made = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="0 0 {w} {h}" role="img" aria-label={quoteattr(title)}>',
        f"<title>{escape(title)}</title>",
        f'<rect width="{w}" height="{h}" rx="6" fill="{look(said, "default")[1]}"/>',
        f'<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, \'DejaVu Sans Mono\', monospace" font-size="{FONT}">',
    ]
    for number, line in enumerate(lines):
        style = styles[number] if number < len(styles) else ""
        made += row(MARGIN + (number + 1) * CELL_H - 5, line, style.ljust(columns, "."), said, names)
    return "\n".join([*made, "</g>", "</svg>", ""])
