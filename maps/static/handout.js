"use strict";
// A handout: the ground, the points, the names and the cards of one file that opens without any network.
// Whatever comes from data is set as text, never as markup.

window.handout = (() => {
  const data = window.HANDOUT;
  const SVG = "http://www.w3.org/2000/svg";
  const FINE = 100000;
  const STOPS = [[6, 0.2], [8, 0.25], [12, 0.6], [14, 1], [17, 3], [20, 10]];
  const STEPS = [0, -16, 16, -30, 30, -44, 44]; // pixels up and down that the name of a unit may move
  const LISTED = 40; // records named one by one in the card of a heap
  const markers = [];
  const hatched = L.svg();

  function element(name, text, className) {
    const made = document.createElement(name);
    if (text !== undefined) made.textContent = text;
    if (className) made.className = className;
    return made;
  }

  function sign(symbol, size) {
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", "-7 -7 14 14");
    svg.setAttribute("width", size);
    svg.setAttribute("height", size);
    svg.setAttribute("aria-hidden", "true");
    const use = document.createElementNS(SVG, "use");
    use.setAttribute("href", `#${symbol.id}`);
    svg.append(use);
    return svg;
  }

  function wider(width, zoom) {
    let at = 1;
    while (at < STOPS.length - 1 && zoom > STOPS[at][0]) at += 1;
    const [[z0, w0], [z1, w1]] = [STOPS[at - 1], STOPS[at]];
    const part = Math.min(Math.max((zoom - z0) / (z1 - z0), 0), 1);
    return Math.max(width * (w0 + (w1 - w0) * part), 0.4);
  }

  function corners(packed) {
    let [lat, lon] = packed;
    const found = [[lat / FINE, lon / FINE]];
    for (let i = 2; i < packed.length; i += 2) {
      lat += packed[i];
      lon += packed[i + 1];
      found.push([lat / FINE, lon / FINE]);
    }
    return found;
  }

  // --- The ground: casings lie under all lines of their kind; widths follow the zoom ---

  function ground(map) {
    const drawn = [];
    const put = (layer, symbol, more) => drawn.push({ layer, symbol, more });
    const casings = data.ground.filter((one) => one.casing && one.lines.length);
    let cased = false;
    for (const one of data.ground) {
      if (one.casing && !cased) {
        cased = true;
        for (const other of casings) put(line(other, other.casing), other, 1.6);
      }
      if (one.areas.length) put(area(one), one, 0);
      if (one.lines.length && one.line) put(line(one, one.line), one, 0);
    }
    const refresh = () => {
      const zoom = map.getZoom();
      for (const { layer, symbol, more } of drawn) {
        if (zoom < symbol.zoom) layer.remove();
        else layer.addTo(map);
        const dashed = symbol.dash.length > 0;
        const width = symbol.grows && !layer.flat ? wider(symbol.width, zoom) : symbol.width;
        layer.setStyle({ weight: dashed ? Math.min(width, 2.4) + more : width + more });
      }
      for (const { layer } of drawn) if (map.hasLayer(layer)) layer.bringToFront();
    };
    map.on("zoomend", refresh);
    refresh();
  }

  function line(symbol, colour) {
    return L.polyline(symbol.lines.map(corners), {
      color: colour, interactive: false, dashArray: symbol.dash.join(" ") || null, lineCap: symbol.dash.length ? "butt" : "round",
    });
  }

  function area(symbol) {
    // A pattern needs SVG: canvas, which draws all the rest, can't fill with one.
    const made = L.polygon(symbol.areas.map((rings) => rings.map(corners)), {
      interactive: false, stroke: symbol.edged && Boolean(symbol.line), color: symbol.line || "#0000",
      fill: Boolean(symbol.fill) || symbol.hatch, fillOpacity: symbol.opacity,
      fillColor: symbol.hatch ? "url(#hatch)" : symbol.fill || "#0000", ...(symbol.hatch ? { renderer: hatched } : {}), dashArray: symbol.dash.join(" ") || null,
    });
    made.flat = true;
    return made;
  }

  // --- Points ---

  function marker(row) {
    const symbol = data.symbols[row[2]];
    const icon = L.divIcon({ html: sign(symbol, 26), className: "sign", iconSize: [26, 26] });
    const made = L.marker([row[0], row[1]], { icon, title: symbol.title, alt: symbol.title, keyboard: true });
    made.row = row;
    made.bindPopup(() => card(row), { maxWidth: 280, ...room() });
    markers.push(made);
    return made;
  }

  // A card that opens is moved clear of the panel and the buttons.
  function room() {
    const panel = document.querySelector(".panel").getBoundingClientRect();
    const wide = panel.right < window.innerWidth / 2;
    return { autoPanPaddingTopLeft: [wide ? panel.right + 8 : 8, 12], autoPanPaddingBottomRight: [60, 12] };
  }

  function card(row) {
    const box = element("div", undefined, "card");
    const symbol = data.symbols[row[2]];
    const head = element("h2");
    head.append(sign(symbol, 22), element("span", symbol.title));
    const list = element("dl");
    data.columns.forEach((column, place) => {
      const said = data.words[row[3 + place]];
      if (said) list.append(element("dt", column), element("dd", said));
    });
    box.append(head, list);
    return box;
  }

  function heapIcon(cluster) {
    const count = cluster.getChildCount();
    const side = Math.round(2 * Math.min(13 + 0.9 * Math.sqrt(count), 24));
    return L.divIcon({ html: element("span", count.toLocaleString(data.language)), className: "heap", iconSize: [side, side] });
  }

  function openHeap(map, event) {
    const heap = event.layer;
    const bounds = heap.getBounds();
    const apart = bounds.getNorthEast().distanceTo(bounds.getSouthWest());
    if (apart > 2 && map.getZoom() < map.getMaxZoom()) {
      map.fitBounds(bounds, { padding: [60, 60] });
    } else if (heap.getChildCount() <= 12) {
      heap.spiderfy();
    } else {
      L.popup({ maxWidth: 300, ...room() }).setLatLng(heap.getLatLng()).setContent(heapCard(heap.getAllChildMarkers())).openOn(map);
    }
  }

  function heapCard(found) {
    const box = element("div", undefined, "card");
    const counts = new Map();
    for (const one of found) counts.set(one.row[2], (counts.get(one.row[2]) || 0) + 1);
    const list = element("ul");
    for (const [place, count] of [...counts].sort((a, b) => b[1] - a[1])) {
      const item = element("li");
      item.append(sign(data.symbols[place], 20), element("span", data.symbols[place].title), element("b", String(count)));
      list.append(item);
    }
    box.append(list);
    for (const one of found.slice(0, LISTED)) {
      const words = data.columns.map((_, place) => data.words[one.row[3 + place]]).filter(Boolean);
      box.append(element("p", words.join(" · ")));
    }
    if (found.length > LISTED) box.append(element("p", "…"));
    return box;
  }

  function choose(cluster) {
    const boxes = [...document.querySelectorAll("input[data-symbol]")];
    const refresh = () => {
      const shown = new Set(boxes.filter((box) => box.checked).map((box) => Number(box.dataset.symbol)));
      cluster.clearLayers();
      cluster.addLayers(markers.filter((one) => shown.has(one.row[2])));
    };
    for (const box of boxes) box.addEventListener("change", refresh);
  }

  // --- Names: the most important first, none over another or over a heap; units step aside rather than vanish ---

  function rectangle(node, more) {
    const box = node.getBoundingClientRect();
    return [box.left - more, box.top - 1, box.right + more, box.bottom + 1];
  }

  function settle(label, at, taken, steps) {
    for (const step of steps) {
      label.style.top = `${at.y + step}px`;
      const rect = rectangle(label, 3);
      if (!taken.some((o) => rect[0] < o[2] && o[0] < rect[2] && rect[1] < o[3] && o[1] < rect[3])) return rect;
    }
    return null;
  }

  function names(map, cluster) {
    const pane = map.createPane("names");
    pane.style.zIndex = 450;
    pane.style.pointerEvents = "none";
    const refresh = () => {
      pane.replaceChildren();
      const taken = [...document.querySelectorAll(".heap, .sign")].map((mark) => rectangle(mark, 0));
      const view = map.getBounds().pad(0.1);
      const zoom = map.getZoom();
      for (const [text, lat, lon, from, kind, turn] of data.names) {
        if (zoom < from || !view.contains([lat, lon])) continue;
        const at = map.latLngToLayerPoint([lat, lon]);
        const label = element("div", text, `name ${kind}`);
        label.style.left = `${at.x}px`;
        label.style.transform = `translate(-50%, -50%) rotate(${turn}deg)`;
        pane.append(label);
        const rect = settle(label, at, taken, kind === "unit" ? STEPS : [0]);
        if (rect) taken.push(rect);
        else label.remove();
      }
    };
    map.on("moveend", refresh);
    if (cluster) cluster.on("animationend", refresh);
    refresh();
  }

  function speak(map) {
    const say = (selector, words) => {
      const found = map.getContainer().querySelector(selector);
      if (!found) return;
      found.title = words;
      found.setAttribute("aria-label", words);
    };
    say(".leaflet-control-zoom-in", data.said.closer);
    say(".leaflet-control-zoom-out", data.said.farther);
    map.getContainer().setAttribute("role", "application");
    map.getContainer().setAttribute("aria-label", document.title);
  }

  L.Control.Scale.mergeOptions({ imperial: false });
  L.Control.Scale.include({
    _updateMetric(most) {
      const metres = this._getRoundNum(most);
      const said = metres < 1000 ? `${metres} ${data.said.m}` : `${metres / 1000} ${data.said.km}`;
      this._updateScale(this._mScale, said, metres / most);
    },
  });

  function fit(map, narrow) {
    const room = document.querySelector(".panel").getBoundingClientRect();
    const beside = narrow ? [0, room.bottom] : [room.right, 0];
    map.fitBounds(data.bounds, { paddingTopLeft: beside, paddingBottomRight: [0, 24], animate: false });
  }

  function start(map, cluster) {
    const panel = document.querySelector(".panel details");
    const narrow = window.matchMedia("(max-width: 640px)").matches;
    ground(map);
    if (panel && narrow) panel.open = false;
    fit(map, narrow);
    names(map, cluster);
    speak(map);
    if (cluster) {
      cluster.on("clusterclick", (event) => openHeap(map, event));
      cluster.on("clusterkeypress", (event) => event.originalEvent.key === "Enter" && openHeap(map, event));
      choose(cluster);
    }
  }

  return { marker, heapIcon, start };
})();
