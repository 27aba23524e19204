// The supplier network on a canvas: search, follow a chain, colour, drag, zoom, walk with the keyboard.
// Places are computed beforehand.  A drawing that takes longer than a frame is moved as a picture and redrawn at rest.
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("network-data").textContent);
  const words = data.words;
  const size = data.name.length;
  const $ = (id) => document.getElementById(id);
  const canvas = $("network-canvas"), panel = $("network-firm"), search = $("network-search"), matches = $("network-matches");
  const context = canvas.getContext("2d"), picture = document.createElement("canvas"), brush = picture.getContext("2d");
  const INK = "#1b2330", FAINT = "#8a93a0", UP = "#c04a00", DOWN = "#0072b2", FONT = getComputedStyle(document.body).fontFamily;
  const RINGS = ["#0072b2", "#007f5f", "#d98200", "#a8588a"];
  const HEAT = ["#d9dde3", "#fde0a6", "#f5b04c", "#de7318", "#a33e00"];
  const USED = [500, 700, 850, 950], LOST = [0, 1, 10, 100]; // per mille, hours: where the next colour begins
  const FRAME = 8, REST = 140, NEAR = 9, MOST_FOUND = 50, MOST_LISTED = 40;

  // ---------------------------------------------------------------- who supplies whom

  const buyers = Array.from({ length: size }, () => []), suppliers = Array.from({ length: size }, () => []);
  for (let at = 0; at < data.lanes.length; at += 3) { // the largest first, so the lists are, too
    const [buyer, supplier, money] = data.lanes.slice(at, at + 3);
    suppliers[buyer].push([supplier, money]);
    buyers[supplier].push([buyer, money]);
  }
  const outside = new Set(data.outside);
  const largest = Math.max(1, ...data.revenue.filter((_, at) => !outside.has(at)));
  const radius = data.revenue.map((money, at) => (outside.has(at) ? 7 : 4 + 9 * Math.sqrt(Math.min(1, money / largest))));
  const lost = data.lost.map((rows) => new Map(rows.map(([firm, hours, held]) => [firm, [hours, held]])));

  function reach(from, next) {
    const found = new Set(), open = [from];
    while (open.length) for (const [firm] of next[open.pop()]) if (!found.has(firm) && firm !== from) found.add(firm), open.push(firm);
    return found;
  }

  // ---------------------------------------------------------------- state

  const view = { x: 0, y: 0, scale: 1 }, pictured = { x: 0, y: 0, scale: 1 };
  let width = 0, height = 0, ratio = 1, chosen = -1, over = -1, up = new Set(), down = new Set();
  let stale = true, cost = 0, resting = 0, asked = false, colour = "ring", policy = 0;

  const screen = (at, by = view) => [(data.x[at] - by.x) * by.scale + width / 2, (data.y[at] - by.y) * by.scale + height / 2];
  const drawn = (at) => Math.max(1.6, radius[at] * Math.min(1.8, Math.max(0.25, view.scale)));

  function whole() {
    const reachX = Math.max(60, ...data.x.map(Math.abs)) + 40, reachY = Math.max(60, ...data.y.map(Math.abs)) + 40;
    Object.assign(view, { x: 0, y: 0, scale: Math.min(width / reachX, height / reachY) / 2 });
    redraw();
  }

  // ---------------------------------------------------------------- colours

  const bin = (value, edges) => edges.filter((edge) => value > edge).length;

  function fill(at) {
    if (colour === "ring") return RINGS[data.ring[at]];
    if (colour === "used") return data.used[policy][at] < 0 ? "#ffffff" : HEAT[bin(data.used[policy][at], USED)];
    return HEAT[bin(lost[policy].get(at)?.[0] ?? 0, LOST)];
  }

  function legend() {
    const per = (value) => `${value / 10} %`, hours = (value) => `${value} ${words.hours}`;
    const steps = (edges, say, first) => HEAT.map((one, at) => [one, at === 0 ? first : at === 4 ? `> ${say(edges[3])}` : `${say(edges[at - 1])} – ${say(edges[at])}`]);
    let rows = [...new Set(data.ring)].sort().map((ring) => [RINGS[ring], words.rings[data.rings[ring]]]);
    if (colour === "used") rows = [...steps(USED, per, `≤ ${per(USED[0])}`), ["#ffffff", words.legend_unlimited]];
    if (colour === "lost") rows = steps(LOST, hours, words.legend_zero);
    if (chosen >= 0) rows.push([UP, words.up, "line"], [DOWN, words.down, "line"]);
    $("network-legend").replaceChildren(...rows.map(([one, text, kind]) => {
      const item = make("li"), swatch = make("i");
      swatch.style.background = one;
      swatch.style.border = `1px solid ${FAINT}`;
      if (kind) swatch.className = kind;
      item.append(swatch, text);
      return item;
    }));
  }

  // ---------------------------------------------------------------- drawing

  function picturize() {
    const begin = performance.now();
    brush.setTransform(ratio, 0, 0, ratio, 0, 0);
    brush.clearRect(0, 0, width, height);
    brush.globalAlpha = chosen < 0 ? 0.28 : 0.07;
    brush.strokeStyle = FAINT;
    brush.lineWidth = 0.6;
    brush.beginPath();
    for (let at = 0; at < data.lanes.length; at += 3) {
      if (outside.has(data.lanes[at + 1])) continue;
      brush.moveTo(...screen(data.lanes[at]));
      brush.lineTo(...screen(data.lanes[at + 1]));
    }
    brush.stroke();
    categories();
    brush.strokeStyle = INK;
    brush.lineWidth = 0.8;
    for (let at = 0; at < size; at++) {
      brush.globalAlpha = chosen < 0 || at === chosen || up.has(at) || down.has(at) ? 1 : 0.2;
      const [x, y] = screen(at);
      brush.beginPath();
      brush.arc(x, y, drawn(at), 0, 7);
      brush.fillStyle = fill(at);
      brush.fill();
      if (colour !== "ring" || data.tier[at] === 0) brush.stroke();
    }
    brush.globalAlpha = 1;
    Object.assign(pictured, view);
    cost = performance.now() - begin;
    stale = false;
  }

  function categories() {
    brush.globalAlpha = 0.9;
    brush.fillStyle = "#4a5361";
    brush.font = `12px ${FONT}`;
    brush.textAlign = "center";
    brush.textBaseline = "middle";
    for (let from = 0, to; from < size; from = to) {
      for (to = from + 1; to < size && data.tier[to] === data.tier[from] && data.category[to] === data.category[from]; to++);
      const text = data.categories[data.category[from]], middle = (from + to - 1) >> 1;
      if (!text || to - from < 2) continue;
      let far = 0;
      for (let at = from; at < to; at++) far = Math.max(far, Math.hypot(data.x[at], data.y[at]));
      const angle = Math.atan2(data.y[middle], data.x[middle]), wide = brush.measureText(text).width;
      const of = data.tier.filter((tier) => tier === data.tier[from]).length;
      const last = data.tier.every((tier, at) => tier <= data.tier[from] || outside.has(at));
      const room = last ? Infinity : 120 * view.scale;
      if (room < 22 + Math.abs(Math.cos(angle)) * wide || (2 * Math.PI * far * (to - from)) / of * view.scale < wide + 8) continue;
      const out = far + 16 / view.scale + (Math.abs(Math.cos(angle)) * wide) / 2 / view.scale;
      const x = (out * Math.cos(angle) - view.x) * view.scale + width / 2;
      if (x < -wide || x > width + wide) continue;
      brush.lineWidth = 3;
      brush.strokeStyle = "#ffffff";
      for (const write of ["strokeText", "fillText"]) brush[write](text, Math.max(wide / 2 + 3, Math.min(width - wide / 2 - 3, x)), (out * Math.sin(angle) - view.y) * view.scale + height / 2);
    }
  }

  function lanes(colourOf, from, list, inside) {
    context.strokeStyle = colourOf;
    for (const at of [from, ...inside]) {
      for (const [other, money] of list[at]) {
        context.globalAlpha = at === from ? 0.9 : 0.35;
        context.lineWidth = at === from ? 1 + 2 * Math.sqrt(Math.min(1, (money * 1000) / largest)) : 0.8;
        context.beginPath();
        context.moveTo(...screen(at));
        context.lineTo(...screen(other));
        context.stroke();
      }
    }
    context.globalAlpha = 1;
  }

  function label(at, bold) {
    const [x, y] = screen(at), text = data.name[at];
    context.font = `${bold ? "600 " : ""}13px ${FONT}`;
    context.textBaseline = "middle";
    const wide = context.measureText(text).width, left = Math.max(4, Math.min(width - wide - 4, x + drawn(at) + 5));
    context.fillStyle = "rgba(255,255,255,0.85)";
    context.fillRect(left - 2, y - 9, wide + 4, 18);
    context.fillStyle = INK;
    context.fillText(text, left, y);
  }

  function paint() {
    asked = false;
    if (stale && (!resting || cost < FRAME)) picturize();
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    const by = view.scale / pictured.scale;
    const left = (pictured.x - view.x) * view.scale + (width / 2) * (1 - by), top = (pictured.y - view.y) * view.scale + (height / 2) * (1 - by);
    context.drawImage(picture, left, top, width * by, height * by);
    if (chosen >= 0) {
      if (!resting || cost < FRAME) { lanes(DOWN, chosen, suppliers, down); lanes(UP, chosen, buyers, up); }
      const [x, y] = screen(chosen);
      context.lineWidth = 3;
      context.strokeStyle = INK;
      context.beginPath();
      context.arc(x, y, drawn(chosen) + 3, 0, 7);
      context.stroke();
    }
    data.tier.forEach((tier, at) => { if (tier === 0 && at !== chosen) label(at, false); });
    if (over >= 0 && over !== chosen) label(over, false);
    if (chosen >= 0) label(chosen, true);
    canvas.dataset.view = [view.x, view.y, view.scale].map((value) => value.toFixed(3)).join(" ");
  }

  function redraw(moving = false) {
    stale = true;
    if (moving) {
      clearTimeout(resting);
      resting = setTimeout(() => { resting = 0; redraw(); }, REST);
    }
    if (!asked) asked = true, requestAnimationFrame(paint);
  }

  // ---------------------------------------------------------------- a firm

  const make = (tag, text = "") => Object.assign(document.createElement(tag), { textContent: text });

  function money(yuan) {
    const [, by, form] = data.money.find(([from]) => Math.abs(yuan) >= from);
    const value = yuan / by;
    return form.replace("{}", value.toLocaleString("en", { maximumFractionDigits: value >= 100 ? 0 : value >= 10 ? 1 : 2 }));
  }

  function choose(at, bring = true) {
    chosen = at;
    up = at < 0 ? new Set() : reach(at, buyers);
    down = at < 0 ? new Set() : reach(at, suppliers);
    if (at >= 0 && bring) {
      const [x, y] = screen(at);
      if (x < 20 || y < 20 || x > width - 20 || y > height - 20) Object.assign(view, { x: data.x[at], y: data.y[at] });
    }
    describe();
    legend();
    redraw();
  }

  function describe() {
    if (chosen < 0) return panel.replaceChildren(make("p", words.nothing));
    const at = chosen, used = data.used[policy][at], held = lost[policy].get(at), list = make("dl");
    const kind = outside.has(at) ? words.outside : data.tier[at] === 0 ? words.plant : String(data.tier[at]);
    const rows = [[words.ring, words.rings[data.rings[data.ring[at]]]], [words.tier, kind], [words.category, data.categories[data.category[at]]],
      [words.district, data.district[at]], [words.revenue, money(data.revenue[at])], [words.used, used < 0 ? words.unlimited : `${(used / 10).toFixed(1)} %`],
      [words.lost, held ? held[0].toLocaleString("en") : "0"], [words.held, held ? money(held[1] * 1000) : "0"]];
    for (const [name, value] of rows) if (value) list.append(make("dt", name), make("dd", value));
    const said = words.chain.replace("{up}", up.size).replace("{down}", down.size);
    panel.replaceChildren(make("h3", data.name[at]), list, make("p", said), ...listed(words.buyers, buyers[at]), ...listed(words.suppliers, suppliers[at]));
    panel.dataset.firm = data.name[at];
  }

  function listed(title, rows) {
    const list = make("ul");
    for (const [at, thousands] of rows.slice(0, MOST_LISTED)) {
      const item = make("li"), button = make("button", data.name[at]);
      button.type = "button";
      button.addEventListener("click", () => choose(at));
      item.append(button, ` ${money(thousands * 1000)}`);
      list.append(item);
    }
    if (rows.length > MOST_LISTED) list.append(make("li", words.more.replace("{count}", rows.length - MOST_LISTED)));
    return rows.length ? [make("h4", title.replace("{count}", rows.length)), list] : [];
  }

  // ---------------------------------------------------------------- mouse and touch

  function hit(event) {
    const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
    let best = -1, least = NEAR;
    for (let at = 0; at < size; at++) {
      const [px, py] = screen(at), far = Math.hypot(px - x, py - y) - drawn(at);
      if (far < least) least = far, best = at;
    }
    return best;
  }

  function zoom(by, x = width / 2, y = height / 2) {
    const next = Math.min(12, Math.max(0.02, view.scale * by));
    view.x += (x - width / 2) * (1 / view.scale - 1 / next);
    view.y += (y - height / 2) * (1 / view.scale - 1 / next);
    view.scale = next;
    redraw(true);
  }

  let held = null;
  canvas.addEventListener("pointerdown", (event) => {
    held = { x: event.clientX, y: event.clientY, far: 0 };
    canvas.setPointerCapture(event.pointerId);
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!held) {
      const found = hit(event);
      if (found !== over) over = found, canvas.style.cursor = found >= 0 ? "pointer" : "", asked || (asked = true, requestAnimationFrame(paint));
      return;
    }
    const x = event.clientX - held.x, y = event.clientY - held.y;
    held = { x: event.clientX, y: event.clientY, far: held.far + Math.abs(x) + Math.abs(y) };
    if (held.far < 4) return;
    canvas.classList.add("moving");
    view.x -= x / view.scale;
    view.y -= y / view.scale;
    redraw(true);
  });
  const release = (event) => {
    canvas.classList.remove("moving");
    if (held && held.far < 4 && event.type === "pointerup") choose(hit(event), false);
    held = null;
  };
  canvas.addEventListener("pointerup", release);
  canvas.addEventListener("pointercancel", release);
  canvas.addEventListener("wheel", (event) => {
    if (document.activeElement !== canvas && !event.ctrlKey) return; // the page scrolls until the network is meant
    event.preventDefault();
    const box = canvas.getBoundingClientRect();
    zoom(Math.exp(-event.deltaY * 0.0015), event.clientX - box.left, event.clientY - box.top);
  }, { passive: false });

  // ---------------------------------------------------------------- keyboard

  function beside(by) {
    const peers = [...data.tier.keys()].filter((at) => data.tier[at] === data.tier[chosen]);
    return peers[(peers.indexOf(chosen) + by + peers.length) % peers.length];
  }
  const keys = {
    ArrowUp: () => choose(buyers[chosen][0]?.[0] ?? chosen), ArrowDown: () => choose(suppliers[chosen][0]?.[0] ?? chosen),
    ArrowLeft: () => choose(beside(-1)), ArrowRight: () => choose(beside(1)), Escape: () => choose(-1),
  };
  canvas.addEventListener("keydown", (event) => {
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey;
    const look = { "+": () => zoom(1.25), "=": () => zoom(1.25), "-": () => zoom(0.8), 0: whole }[event.key];
    if (!bare || !(look || event.key in keys)) return;
    event.preventDefault();
    if (look) look();
    else if (chosen < 0 && event.key !== "Escape") choose(0);
    else keys[event.key]();
  });

  // ---------------------------------------------------------------- search

  let found = [], active = -1;
  function show(list) {
    found = list;
    active = list.length ? 0 : -1;
    matches.replaceChildren(...list.map((at, row) => {
      const option = make("span", data.name[at]);
      option.id = `network-match-${row}`;
      option.setAttribute("role", "option");
      option.addEventListener("mousedown", (event) => { event.preventDefault(); take(row); });
      return option;
    }));
    point();
    matches.hidden = !list.length;
    search.setAttribute("aria-expanded", String(list.length > 0));
  }
  function point() {
    [...matches.children].forEach((option, row) => option.setAttribute("aria-selected", String(row === active)));
    if (active >= 0) search.setAttribute("aria-activedescendant", `network-match-${active}`), matches.children[active].scrollIntoView({ block: "nearest" });
    else search.removeAttribute("aria-activedescendant");
  }
  function take(row) {
    if (!(row in found)) return;
    const at = found[row];
    search.value = data.name[at];
    show([]);
    choose(at);
  }
  const lower = data.name.map((name) => name.toLowerCase());
  search.addEventListener("input", () => {
    const wanted = search.value.trim().toLowerCase(), list = [];
    for (let at = 0; wanted && at < size && list.length < MOST_FOUND; at++) if (lower[at].includes(wanted)) list.push(at);
    show(list);
    if (wanted && !list.length) panel.replaceChildren(make("p", words.none_found));
  });
  search.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && found.length) active = (active + step + found.length) % found.length, point();
    else if (event.key === "Enter") take(active);
    else if (event.key === "Escape") show([]);
    else return;
    event.preventDefault();
  });
  search.addEventListener("blur", () => show([]));

  // ---------------------------------------------------------------- controls and size

  $("network-policy").replaceChildren(...data.policies.map((name, at) => Object.assign(make("option", at ? name : words.baseline), { value: at })));
  $("network-policy").addEventListener("change", (event) => { policy = Number(event.target.value); describe(); legend(); redraw(); });
  $("network-colour").addEventListener("change", (event) => { colour = event.target.value; legend(); redraw(); });
  $("network-whole").addEventListener("click", whole);
  $("network-closer").addEventListener("click", () => zoom(1.4));
  $("network-farther").addEventListener("click", () => zoom(1 / 1.4));

  function resize() {
    const first = !width, box = canvas.getBoundingClientRect();
    if (!box.width || (box.width === width && box.height === height)) return;
    [width, height, ratio] = [box.width, box.height, Math.min(2, devicePixelRatio || 1)];
    for (const one of [canvas, picture]) one.width = Math.round(width * ratio), one.height = Math.round(height * ratio);
    if (first) whole();
    else redraw();
  }
  new ResizeObserver(resize).observe(canvas);
  resize();
  legend();
})();
