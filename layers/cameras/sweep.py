"""The endpoint sweep: compiled loops over walls around one camera. `isovist.py` and `coverage.py` are its faces.

Around the camera at the origin a wall is the part of a line; in the direction (cos t, sin t) it stands at the distance
1/u with u(t) = a cos t + b sin t, so that nearer is greater, and no division is needed to compare. Between two
neighbouring angles at which a wall begins, ends or crosses another (a *slab*), the same walls are met in the same
order: what one ray finds holds for all rays of the slab, and nothing depends on a number of rays.

A wall as high as the camera hides all that lies behind it. A lower building (height b, camera c, target t) hides from
its first wall to k times the distance of its last one, k = (c - t) / (c - b): the sight line over its far edge comes
down to the target's height there. It hides the ground it stands on in any case.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numba import njit

TURN = 2 * np.pi
THIN = 1e-12  # radians: a slab or wall narrower than this is none
TIE = 1e-9  # relative: walls nearer to each other than this are one


def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let numba compile a function at its first call, keep that for the next process, and free the lock meanwhile."""
    made: Callable[..., Any] = njit(cache=True, nogil=True)(function)
    return made


@compiled
def grow(array: Any, size: int) -> Any:
    """Return the array, or a copy with twice the room when `size` doesn't fit."""
    if size < len(array):
        return array
    longer = np.empty(max(16, 2 * len(array)), array.dtype)
    longer[: len(array)] = array
    return longer


@compiled
def cell_lists(boxes: Any, west: float, south: float, size: float, columns: int, rows: int) -> Any:
    """Return (pointer, members): which boxes (n x 4) meet each cell of a grid, row by row."""
    counts = np.zeros(columns * rows + 1, np.int64)
    for turn in range(2):
        if turn == 1:
            counts = np.cumsum(counts)
            members = np.empty(counts[-1], np.int32)
            at = counts[:-1].copy()
        for index in range(len(boxes)):
            x0, x1 = int((boxes[index, 0] - west) // size), int((boxes[index, 2] - west) // size)
            y0, y1 = int((boxes[index, 1] - south) // size), int((boxes[index, 3] - south) // size)
            for y in range(y0, y1 + 1):
                for x in range(x0, x1 + 1):
                    cell = y * columns + x
                    if turn == 0:
                        counts[cell + 1] += 1
                    else:
                        members[at[cell]] = index
                        at[cell] += 1
    return counts, members


@compiled
def walls_around(x: float, y: float, radius: float, edges: Any, pointer: Any, members: Any, grid: Any) -> Any:
    """Return the walls within a radius, clipped to it: their ids, a and b of u(t), first and last angle, front or not.

    Angles run counter-clockwise, the first in [0, 2 pi). A wall is a front when its building lies behind it.
    """
    west, south, size, columns, rows = grid[0], grid[1], grid[2], int(grid[3]), int(grid[4])
    qx0, qx1 = max(0, int((x - radius - west) // size)), min(columns - 1, int((x + radius - west) // size))
    qy0, qy1 = max(0, int((y - radius - south) // size)), min(rows - 1, int((y + radius - south) // size))
    room = 64
    ids, front = np.empty(room, np.int32), np.empty(room, np.bool_)
    a, b, first, last = np.empty(room), np.empty(room), np.empty(room), np.empty(room)
    n = 0
    for cy in range(qy0, qy1 + 1):
        for cx in range(qx0, qx1 + 1):
            cell = cy * columns + cx
            for place in range(pointer[cell], pointer[cell + 1]):
                edge = members[place]
                x1, y1, x2, y2 = edges[edge, 0], edges[edge, 1], edges[edge, 2], edges[edge, 3]
                # A wall stands in several cells: it counts in the first of them that is asked for.
                if (
                    max(qx0, int((min(x1, x2) - west) // size)) != cx
                    or max(qy0, int((min(y1, y2) - south) // size)) != cy
                ):
                    continue
                x1, y1, x2, y2 = x1 - x, y1 - y, x2 - x, y2 - y
                dx, dy = x2 - x1, y2 - y1
                square, along, beyond = dx * dx + dy * dy, x1 * dx + y1 * dy, x1 * x1 + y1 * y1 - radius * radius
                inside = along * along - square * beyond
                if inside <= 0 or square == 0:
                    continue
                root = np.sqrt(inside)
                t1, t2 = max(0.0, (-along - root) / square), min(1.0, (-along + root) / square)
                if t1 >= t2:
                    continue
                side = x1 * y2 - x2 * y1
                ax, ay, bx, by = x1 + t1 * dx, y1 + t1 * dy, x1 + t2 * dx, y1 + t2 * dy
                if side < 0:
                    ax, ay, bx, by = bx, by, ax, ay
                width = np.arctan2(abs(ax * by - bx * ay), ax * bx + ay * by)
                if width < THIN or side == 0:
                    continue
                if n >= len(ids):
                    ids, front, a, b = grow(ids, n), grow(front, n), grow(a, n), grow(b, n)
                    first, last = grow(first, n), grow(last, n)
                begins, ends = np.arctan2(ay, ax), np.arctan2(by, bx)
                begins = begins + TURN if begins < 0 else begins
                ends = ends + TURN if ends < 0 else ends
                ids[n], front[n], a[n], b[n] = edge, side < 0, dy / side, -dx / side
                first[n], last[n] = begins, ends
                n += 1
    return ids[:n], front[:n], a[:n], b[:n], first[:n], last[:n]


@compiled
def slabs_of(first: float, last: float, breaks: Any) -> Any:
    """Return where a wall's slabs begin and end, as two ranges; the second is empty unless it passes the angle 0."""
    begin, end = np.searchsorted(breaks, first), np.searchsorted(breaks, last)
    if last < first:
        return begin, len(breaks) - 1, 0, end
    return begin, end, 0, 0


@compiled
def nearest_opaque(breaks: Any, opaque: Any, a: Any, b: Any, first: Any, last: Any) -> Any:
    """Return the nearest opaque wall of each slab, or -1, and the angles at which two of them cross within one."""
    count = len(breaks) - 1
    cos, sin = np.cos(breaks), np.sin(breaks)
    middle = (breaks[:-1] + breaks[1:]) / 2
    cos_m, sin_m = np.cos(middle), np.sin(middle)
    best, value = np.full(count, -1, np.int32), np.zeros(count)
    for wall in range(len(a)):
        if opaque[wall]:
            s0, s1, s2, s3 = slabs_of(first[wall], last[wall], breaks)
            for part in range(2):
                for s in range(s0 if part == 0 else s2, s1 if part == 0 else s3):
                    u = a[wall] * cos_m[s] + b[wall] * sin_m[s]
                    if u > value[s]:
                        value[s], best[s] = u, wall
    crossings, n = np.empty(0), 0
    for wall in range(len(a)):
        if opaque[wall]:
            s0, s1, s2, s3 = slabs_of(first[wall], last[wall], breaks)
            for part in range(2):
                for s in range(s0 if part == 0 else s2, s1 if part == 0 else s3):
                    other = best[s]
                    if other == wall or breaks[s + 1] - breaks[s] < 1e-9:
                        continue
                    for end in (s, s + 1):
                        mine = a[wall] * cos[end] + b[wall] * sin[end]
                        theirs = a[other] * cos[end] + b[other] * sin[end]
                        if mine > theirs * (1 + TIE):
                            angle = np.arctan2(a[other] - a[wall], b[wall] - b[other])
                            for turned in (angle, angle + np.pi, angle + TURN):
                                if breaks[s] + THIN < turned < breaks[s + 1] - THIN:
                                    crossings = grow(crossings, n)
                                    crossings[n] = turned
                                    n += 1
    return best, crossings[:n]


@compiled
def sweep(
    x: float, y: float, radius: float, camera: float, target: float, limits: Any,
    edges: Any, height: Any, owner: Any, pointer: Any, members: Any, grid: Any,
) -> Any:  # fmt: skip
    """Return what the walls hide from a camera: (breaks, start, near, far, factor, a, b, ids).

    Slab s lies between breaks s and s + 1 (radians counter-clockwise from east) and has the hidden intervals
    start[s] to start[s + 1]; each begins at the wall `near` and ends at `factor` times the wall `far`, or never (-1).
    `limits` are angles in [0, 2 pi) that become breaks too.
    """
    ids, front, a, b, first, last = walls_around(x, y, radius, edges, pointer, members, grid)
    count = len(ids)
    k = np.ones(count)
    opaque = np.zeros(count, np.bool_)
    low = 0
    for wall in range(count):
        tall = height[ids[wall]]
        if np.isinf(camera) or not tall < camera:  # an unknown height is nan: nobody is promised to see over it
            opaque[wall] = front[wall]
            k[wall] = np.inf
        else:
            k[wall] = max(1.0, (camera - target) / (camera - tall))
            low += 1
    breaks = np.unique(np.concatenate((np.array([0.0, TURN]), limits, first, last)))
    best, crossings = nearest_opaque(breaks, opaque, a, b, first, last)
    for _ in range(8):
        if not len(crossings):
            break
        breaks = np.unique(np.concatenate((breaks, crossings)))
        best, crossings = nearest_opaque(breaks, opaque, a, b, first, last)
    slabs = len(breaks) - 1
    room = slabs
    slab, near, far, factor = (
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.empty(room, np.int32),
        np.ones(room),
    )
    n = 0
    for s in range(slabs):
        if best[s] >= 0:
            slab[n], near[n], far[n] = s, best[s], -1
            n += 1
    if low:
        slab, near, far, factor, n = see_over(
            breaks, best, ids, front, owner, k, a, b, first, last, slab, near, far, factor, n
        )
    start = np.zeros(slabs + 1, np.int64)
    for each in range(n):
        start[slab[each] + 1] += 1
    start = np.cumsum(start)
    order = np.argsort(slab[:n], kind="mergesort")
    return breaks, start, near[:n][order], far[:n][order], factor[:n][order], a, b, ids


@compiled
def see_over(
    breaks: Any, best: Any, ids: Any, front: Any, owner: Any, k: Any, a: Any, b: Any, first: Any, last: Any,
    slab: Any, near: Any, far: Any, factor: Any, n: int,
) -> Any:  # fmt: skip
    """Append what buildings lower than the camera hide: from each front wall to k times the next back wall of it."""
    middle = (breaks[:-1] + breaks[1:]) / 2
    of_building = np.empty(len(ids), np.int64)
    for wall in range(len(ids)):
        of_building[wall] = owner[ids[wall]]
    backs = np.flatnonzero(~front & np.isfinite(k))
    backs = backs[np.argsort(of_building[backs], kind="mergesort")]
    building_of_back = of_building[backs]
    for wall in range(len(ids)):
        if not front[wall] or not np.isfinite(k[wall]):
            continue
        b0 = np.searchsorted(building_of_back, of_building[wall], side="left")
        b1 = np.searchsorted(building_of_back, of_building[wall], side="right")
        s0, s1, s2, s3 = slabs_of(first[wall], last[wall], breaks)
        for part in range(2):
            for s in range(s0 if part == 0 else s2, s1 if part == 0 else s3):
                if breaks[s + 1] - breaks[s] < THIN or behind(a, b, wall, best[s], breaks[s], breaks[s + 1]):
                    continue
                cos, sin = np.cos(middle[s]), np.sin(middle[s])
                mine, exit_wall, exit_u = a[wall] * cos + b[wall] * sin, -1, 0.0
                for place in range(b0, b1):
                    back = backs[place]
                    if not spans(first[back], last[back], middle[s]):
                        continue
                    u = a[back] * cos + b[back] * sin
                    if exit_u < u < mine * (1 + TIE):
                        exit_u, exit_wall = u, back
                if n >= len(slab):
                    slab, near, far, factor = grow(slab, n), grow(near, n), grow(far, n), grow(factor, n)
                slab[n], near[n], far[n], factor[n] = s, wall, exit_wall, k[wall]
                n += 1
    return slab, near, far, factor, n


@compiled
def spans(first: float, last: float, angle: float) -> bool:
    """Tell whether a wall's angles, counter-clockwise from first to last, hold an angle."""
    return first <= angle <= last if first <= last else angle >= first or angle <= last


@compiled
def behind(a: Any, b: Any, wall: int, other: int, begin: float, end: float) -> bool:
    """Tell whether a wall stands behind another over the whole of a slab: both ends say it, for u is a sinusoid."""
    if other < 0:
        return False
    for angle in (begin, end):
        cos, sin = np.cos(angle), np.sin(angle)
        if a[wall] * cos + b[wall] * sin > (a[other] * cos + b[other] * sin) * (1 + TIE):
            return False
    return True


@compiled
def sees(
    dx: float, dy: float, breaks: Any, start: Any, near: Any, far: Any, factor: Any, a: Any, b: Any, slack: float
) -> bool:
    """Tell whether a target at (dx, dy) from the camera is in sight; `slack` metres forgive one that is on a wall."""
    distance = np.sqrt(dx * dx + dy * dy)
    if distance == 0:
        return True
    angle = np.arctan2(dy, dx)
    angle = angle + TURN if angle < 0 else angle
    s = min(max(int(np.searchsorted(breaks, angle, side="right")) - 1, 0), len(breaks) - 2)
    for place in range(start[s], start[s + 1]):
        # u of a wall times the distance: above 1 when the wall is nearer than the target.
        if a[near[place]] * dx + b[near[place]] * dy <= distance / max(distance - slack, 1e-9):
            continue
        back = far[place]
        if back < 0 or (a[back] * dx + b[back] * dy) < factor[place] * distance / (distance + slack):
            return False
    return True


@compiled
def pieces(breaks: Any, start: Any, near: Any, far: Any, factor: Any, a: Any, b: Any, radius: float) -> Any:
    """Return the ground in sight as an m x 6 array of (begin, end, inner at both, outer at both) and the outer walls.

    A piece lies between two angles, from its inner to its outer line, each straight between its two distances; an outer
    wall of -1 is the circle of the radius, one of -2 the end of a shadow, which is straight too but no wall.
    """
    rows, outer = np.empty((64, 6)), np.empty(64, np.int32)
    n = 0
    for s in range(len(breaks) - 1):
        low, high = breaks[s], breaks[s + 1]
        if high - low < THIN:
            continue
        count = start[s + 1] - start[s]
        cuts = np.array([low, high])
        if count > 1 or (count == 1 and far[start[s]] >= 0):
            cuts = cuts_of(low, high, start[s], start[s + 1], near, far, factor, a, b, radius)
        for part in range(len(cuts) - 1):
            begin, end = cuts[part], cuts[part + 1]
            if end - begin < THIN:
                continue
            c1, s1, c2, s2 = np.cos(begin), np.sin(begin), np.cos(end), np.sin(end)
            cm, sm = np.cos((begin + end) / 2), np.sin((begin + end) / 2)
            reached, in1, in2 = 0.0, 0.0, 0.0
            while reached < radius:
                # The next hidden interval that begins beyond what is reached.
                chosen, at = -1, radius
                for place in range(start[s], start[s + 1]):
                    wall = near[place]
                    from_m = 1 / (a[wall] * cm + b[wall] * sm)
                    if shadow_end(place, far, factor, a, b, cm, sm, radius) > reached * (1 + TIE) and from_m < at:
                        chosen, at = place, from_m
                if at > reached * (1 + TIE) + 1e-12:
                    if n + 1 >= len(outer):
                        longer = np.empty((2 * len(outer), 6))
                        longer[: len(outer)] = rows
                        rows, outer = longer, grow(outer, len(outer))
                    out1 = out2 = radius
                    if chosen >= 0:
                        wall = near[chosen]
                        out1 = min(radius, 1 / max(a[wall] * c1 + b[wall] * s1, 1 / (2 * radius)))
                        out2 = min(radius, 1 / max(a[wall] * c2 + b[wall] * s2, 1 / (2 * radius)))
                    rows[n] = begin, end, in1, in2, max(in1, out1), max(in2, out2)
                    outer[n] = near[chosen] if chosen >= 0 else -1
                    n += 1
                if chosen < 0:
                    break
                reached = shadow_end(chosen, far, factor, a, b, cm, sm, radius)
                in1 = shadow_end(chosen, far, factor, a, b, c1, s1, radius)
                in2 = shadow_end(chosen, far, factor, a, b, c2, s2, radius)
    return rows[:n], outer[:n]


@compiled
def shadow_end(place: int, far: Any, factor: Any, a: Any, b: Any, cos: float, sin: float, radius: float) -> float:
    """Return how far a hidden interval goes in a direction; no further than the radius."""
    back = far[place]
    if back < 0:
        return radius
    u = (a[back] * cos + b[back] * sin) / factor[place]
    return radius if u * radius <= 1 else 1 / u


@compiled
def cuts_of(
    low: float, high: float, begin: int, end: int, near: Any, far: Any, factor: Any, a: Any, b: Any, radius: float
) -> Any:
    """Return the angles of a slab between which its walls and shadows' ends keep their order, both ends included."""
    lines, n = np.empty((2 * (end - begin), 2)), 0
    for place in range(begin, end):
        lines[n, 0], lines[n, 1] = a[near[place]], b[near[place]]
        n += 1
        if far[place] >= 0:
            lines[n, 0], lines[n, 1] = a[far[place]] / factor[place], b[far[place]] / factor[place]
            n += 1
    cuts, m = np.empty(2 + n * (n - 1) * 3 // 2 + 6 * n), 2
    cuts[0], cuts[1] = low, high
    for one in range(n):
        long = np.hypot(lines[one, 0], lines[one, 1])
        if long * radius > 1:
            axis, half = np.arctan2(lines[one, 1], lines[one, 0]), np.arccos(1 / (long * radius))
            for angle in (axis - half, axis + half):
                for turned in (angle, angle + TURN):
                    if low + THIN < turned < high - THIN:
                        cuts[m] = turned
                        m += 1
        for other in range(one):
            angle = np.arctan2(lines[one, 0] - lines[other, 0], lines[other, 1] - lines[one, 1])
            for turned in (angle, angle + np.pi, angle + TURN):
                if low + THIN < turned < high - THIN:
                    cuts[m] = turned
                    m += 1
    return np.sort(cuts[:m])


@compiled
def area_of(rows: Any, outer: Any, radius: float) -> float:
    """Return the area of pieces, in square metres: triangles' differences, sectors where the circle ends them."""
    total = 0.0
    for index in range(len(rows)):
        width = rows[index, 1] - rows[index, 0]
        if outer[index] == -1:
            total += radius * radius * width / 2
        else:
            total += rows[index, 4] * rows[index, 5] * np.sin(width) / 2
        total -= inner_area(rows[index, 2], rows[index, 3], width, radius)
    return total


@compiled
def inner_area(one: float, two: float, width: float, radius: float) -> float:
    """Return the area before a piece begins."""
    return radius * radius * width / 2 if one >= radius and two >= radius else one * two * np.sin(width) / 2


@compiled
def areas(xy: Any, radius: float, camera: Any, target: float, edges: Any, height: Any, owner: Any, pointer: Any,
          members: Any, grid: Any) -> Any:  # fmt: skip
    """Return the area in sight of each of n cameras, in square metres."""
    found, none = np.empty(len(xy)), np.empty(0)
    for index in range(len(xy)):
        breaks, start, near, far, factor, a, b, _ = sweep(
            xy[index, 0],
            xy[index, 1],
            radius,
            camera[index],
            target,
            none,
            edges,
            height,
            owner,
            pointer,
            members,
            grid,
        )
        rows, outer = pieces(breaks, start, near, far, factor, a, b, radius)
        found[index] = area_of(rows, outer, radius)
    return found
