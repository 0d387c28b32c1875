
"use strict";
(() => {
  // The state of the page stands in the address: what was opened, and how tables are sorted. So it can be linked to, and
  // the browser's way back is the way up.
  const report = JSON.parse(document.getElementById("data").textContent);
  const find = (id) => document.getElementById(id);
  const state = () => new URLSearchParams(location.hash.slice(1));
  const go = (change) => { const next = state(); change(next); location.hash = next.toString(); };

  // Makes an element. Texts of the report become text nodes only, never markup.
  const make = (name, attributes = {}, ...children) => {
    const isDrawing = ["circle", "line", "path", "text", "title"].includes(name);
    const node = isDrawing ? document.createElementNS("http://www.w3.org/2000/svg", name) : document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key.startsWith("on")) node.addEventListener(key.slice(2), value);
      else if (value !== undefined) node.setAttribute(key, value);
    }
    node.append(...children);
    return node;
  };

  const scaled = (value, step, units) => {
    let unit = 0;
    let size = Math.abs(value);
    while (size >= step && unit < units.length - 1) { size /= step; unit += 1; }
    return (value < 0 ? "-" : "") + size.toFixed(unit === 0 ? 0 : 1) + " " + units[unit];
  };
  const bytes = (count) => scaled(count, 1024, ["B", "KiB", "MiB", "GiB", "TiB"]);
  const duration = (nanoseconds) => Math.abs(nanoseconds) >= 3600e9
    ? (nanoseconds / 3600e9).toFixed(1) + " h" : scaled(nanoseconds, 1000, ["ns", "us", "ms", "s"]);
  const share = (part, whole) => whole > 0 ? (part / whole * 100).toFixed(1) + "%" : "-";
  const count = (number, noun) => number.toLocaleString("en") + " " + (number === 1 ? noun : noun.replace(/y$/, "ie") + "s");
  const perKiB = (sizes) => sizes.diskBytes > 0 ? (sizes.savedNanoseconds / 1e6) / (sizes.diskBytes / 1024) : 0;

  const classes = [
    ["never", "never hit"], ["loss", "costs more than it saves"], ["low", "up to 1 ms saved per KiB"],
    ["middle", "1 to 100 ms per KiB"], ["high", "over 100 ms per KiB"],
  ];
  const classOf = (sizes) => {
    if (sizes.hits === 0) return "never";
    const rate = perKiB(sizes);
    return rate < 0 ? "loss" : rate <= 1 ? "low" : rate <= 100 ? "middle" : "high";
  };
  const describe = (name, sizes) => `${name}: ${bytes(sizes.diskBytes)} on disk (${share(sizes.diskBytes, report.bytes)}), `
    + `${count(sizes.entries, "entry")}, ${count(sizes.hits, "hit")}, ${duration(sizes.savedNanoseconds)} saved`;

  function facts() {
    find("title").textContent = "Bloat of " + report.path.split("/").pop();
    document.title = find("title").textContent;
    find("when").textContent = `${report.kind} ${report.path}, measured ${report.measuredAt}`;
    const all = report.entries;
    const rows = [
      ["File", bytes(report.bytes), report.logBytes > 0 ? `and ${bytes(report.logBytes)} of log` : ""],
      ["Entries", all.entries.toLocaleString("en"), `${all.neverHit} never hit, ${report.declined} declined`],
      ["Sources", bytes(all.compressedBytes), `${bytes(all.generatedBytes)} generated, ${bytes(all.encodedBytes)} different`],
      ["Rows of entries", bytes(all.payloadBytes), `and ${bytes(all.structureBytes)} around them`],
      ["The file's own", bytes(report.fileBytes), "free pages, schema, history"],
      ["Saved", duration(all.savedNanoseconds), `${count(all.hits, "hit")} at ${duration(report.hitNanoseconds)}`],
    ];
    find("facts").append(...rows.map(([name, value, more]) =>
      make("div", {}, make("dt", {}, name), make("dd", {}, value, make("small", {}, more)))));
    find("legend").append(...classes.map(([name, words]) => make("li", { class: name }, words)));
  }

  // A squarified treemap (Bruls, Huizing, van Wijk): rows along the shorter side, as square as they get.
  function squarified(nodes, box) {
    const total = nodes.reduce((sum, node) => sum + node.sizes.diskBytes, 0);
    const scale = total > 0 ? box.width * box.height / total : 0;
    const placed = [];
    let rest = nodes.filter((node) => node.sizes.diskBytes > 0);
    let { x, y, width, height } = box;
    const worst = (sum, least, most, side) => Math.max(side * side * most / (sum * sum), sum * sum / (side * side * least));
    while (rest.length > 0) {
      const side = Math.min(width, height);
      let [sum, number] = [0, 0];
      for (; number < rest.length; number += 1) {
        const area = rest[number].sizes.diskBytes * scale;
        const most = rest[0].sizes.diskBytes * scale;
        const before = number > 0 ? worst(sum, rest[number - 1].sizes.diskBytes * scale, most, side) : Infinity;
        if (worst(sum + area, area, most, side) > before) break;
        sum += area;
      }
      const thickness = side > 0 ? sum / side : 0;
      let along = 0;
      for (const node of rest.slice(0, number)) {
        const length = thickness > 0 ? node.sizes.diskBytes * scale / thickness : 0;
        placed.push(width <= height
          ? { node, x: x + along, y, width: length, height: thickness }
          : { node, x, y: y + along, width: thickness, height: length });
        along += length;
      }
      if (width <= height) { y += thickness; height -= thickness; } else { x += thickness; width -= thickness; }
      rest = rest.slice(number);
    }
    return placed;
  }

  // The node at the path in the address, or the last of its ancestors that there is.
  function current() {
    let node = report.tree;
    const path = [];
    for (const name of state().getAll("map")) {
      const child = node.children.find((child) => child.name === name && child.children.length > 0);
      if (!child) break;
      node = child;
      path.push(name);
    }
    return { node, path };
  }
  const open = (path) => go((next) => { next.delete("map"); path.forEach((name) => next.append("map", name)); });

  let shown;
  function map() {
    const { node, path } = current();
    const key = JSON.stringify(path);
    if (key === shown) return;
    const hadFocus = find("map").contains(document.activeElement) || find("path").contains(document.activeElement);
    shown = key;
    const tell = (child) => { find("map-info").textContent = describe(child.name, child.sizes); };
    find("path").replaceChildren(...["All entries", ...path].map((name, depth) => make("li", {}, depth === path.length
      ? make("span", { "aria-current": "location" }, name)
      : make("button", { type: "button", onclick: () => open(path.slice(0, depth)) }, name))));
    find("map").replaceChildren(...squarified(node.children, { x: 0, y: 0, width: 200, height: 80 }).map((cell) => {
      const child = cell.node;
      const isLeaf = child.children.length === 0;
      const attributes = {
        class: "cell " + classOf(child.sizes), title: describe(child.name, child.sizes),
        style: `left:${cell.x / 2}%;top:${cell.y / 0.8}%;width:${cell.width / 2}%;height:${cell.height / 0.8}%`,
        onfocus: () => tell(child), onmouseenter: () => tell(child),
      };
      return isLeaf
        ? make("div", { ...attributes, tabindex: "0", role: "img", "aria-label": describe(child.name, child.sizes) },
          make("b", {}, child.name), bytes(child.sizes.diskBytes))
        : make("button", { ...attributes, type: "button", onclick: () => open([...path, child.name]) },
          make("b", {}, child.name), bytes(child.sizes.diskBytes));
    }));
    find("map-info").textContent = describe(path.at(-1) ?? "All entries", node.sizes);
    if (hadFocus) find("map").querySelector(".cell")?.focus();
  }
  find("map").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" && event.key !== "Backspace") return;
    event.preventDefault();
    open(current().path.slice(0, -1));
  });

  const dimensions = Object.keys(report.groups);
  function fill(select, options) {
    find(select).replaceChildren(...options.map(([value, words]) => make("option", { value }, words)));
    find(select).addEventListener("change", () => go((next) => next.set(select, find(select).value)));
  }
  const chosen = (select) => {
    const value = state().get(select);
    if ([...find(select).options].some((option) => option.value === value)) find(select).value = value;
    return find(select).value;
  };

  // Powers of a base that cover some positive numbers.
  const powers = (base, values) => {
    const logs = values.map((value) => Math.log(value) / Math.log(base));
    const [least, most] = [Math.floor(Math.min(...logs)), Math.ceil(Math.max(...logs))];
    return [least, Math.max(most, least + 1)];
  };
  const label = (x, y, words, anchor = "middle") => make("text", { x, y, "text-anchor": anchor }, words);
  const line = (x1, y1, x2, y2) => make("line", { x1, y1, x2, y2, class: "grid" });

  function scatter() {
    const groups = report.groups[chosen("scatter-by")].filter((group) => group.diskBytes > 0).slice(0, 500);
    const svg = find("scatter");
    svg.replaceChildren();
    if (groups.length === 0) return svg.append(label(400, 180, "no entries"));
    const [left, right, top, bottom] = [70, 785, 15, 300];
    const x = powers(4, groups.map((group) => group.diskBytes));
    const saving = groups.map((group) => group.savedNanoseconds).filter((saved) => saved > 0);
    const y = powers(10, saving.length > 0 ? saving : [1e6]);
    const across = (value) => left + (Math.log(value) / Math.log(4) - x[0]) / (x[1] - x[0]) * (right - left);
    const up = (value) => value > 0 ? bottom - 20 - (Math.log10(value) - y[0]) / (y[1] - y[0]) * (bottom - 20 - top) : bottom;
    const stride = Math.ceil((x[1] - x[0]) / 10);
    for (let power = x[0]; power <= x[1]; power += stride) {
      const place = across(4 ** power);
      svg.append(line(place, top, place, bottom), label(place, bottom + 18, bytes(4 ** power), power === x[1] ? "end" : "middle"));
    }
    const step = Math.ceil((y[1] - y[0]) / 8);
    for (let power = y[0]; power <= y[1]; power += step) {
      svg.append(line(left, up(10 ** power), right, up(10 ** power)), label(left - 8, up(10 ** power) + 4, duration(10 ** power), "end"));
    }
    svg.append(line(left, bottom, right, bottom), label(left - 8, bottom + 4, "nothing", "end"),
      label((left + right) / 2, bottom + 42, "bytes on disk"), label(left, top - 4, "time saved", "start"));
    const points = groups.map((group, number) => make("circle", {
      cx: across(group.diskBytes), cy: up(group.savedNanoseconds), r: 3 + Math.min(9, Math.sqrt(group.entries)),
      class: classOf(group), "fill-opacity": 0.85, tabindex: number === 0 ? "0" : "-1", role: "img",
      "aria-label": describe(group.name, group), onfocus: () => tell(group), onmouseenter: () => tell(group),
    }, make("title", {}, describe(group.name, group))));
    const tell = (group) => { find("scatter-info").textContent = describe(group.name, group); };
    svg.append(...points);
    svg.onkeydown = (event) => {
      const step = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }[event.key];
      const from = points.indexOf(document.activeElement);
      if (!step || from < 0) return;
      event.preventDefault();
      const to = (from + step + points.length) % points.length;
      points[from].setAttribute("tabindex", "-1");
      points[to].setAttribute("tabindex", "0");
      points[to].focus();
    };
  }

  function growth() {
    const choice = chosen("growth-by");
    const lineage = report.growth.lineages[Number(choice.split(":")[1])];
    const points = lineage ? lineage.worlds : report.growth.time;
    const svg = find("growth");
    svg.replaceChildren();
    if (points.length === 0) return svg.append(label(400, 130, "no entries"));
    const [left, right, top, bottom] = [70, 785, 10, 215];
    const [first, last] = [points[0][0], points.at(-1)[0]];
    const most = Math.max(1, ...points.map((point) => point[1]));
    const across = (value) => left + (last > first ? (value - first) / (last - first) : 0) * (right - left);
    const up = (value) => bottom - value / most * (bottom - top);
    for (let part = 0; part <= 4; part += 1) {
      svg.append(line(left, up(most * part / 4), right, up(most * part / 4)), label(left - 8, up(most * part / 4) + 4, bytes(most * part / 4), "end"));
    }
    const name = (value) => lineage ? "world " + value : new Date(value).toISOString().slice(0, 16).replace("T", " ");
    svg.append(label(left, bottom + 18, name(first), "start"));
    if (last > first) svg.append(label(right, bottom + 18, name(last), "end"));
    const curve = (column, style) => svg.append(make("path", {
      class: style,
      d: points.map((point, number) => (number === 0 ? "M" : `H${across(point[0])}V`) + (number === 0
        ? `${across(point[0])} ${up(point[column])}` : up(point[column]))).join("") + `H${right}`,
    }));
    curve(1, "ever");
    if (lineage) curve(2, "held");
    const words = lineage
      ? `From ${name(first)} to ${name(last)}: ${bytes(points.at(-1)[1])} held in any of them (solid), ${bytes(points.at(-1)[2])} in the last (dashed).`
      : `From ${name(first)} to ${name(last)} (UTC): ${bytes(points.at(-1)[1])} of entries that are still there.`;
    find("growth-info").textContent = words;
    svg.setAttribute("aria-label", words);
  }

  // A table whose titles sort it. `columns` are title, value, and how to write a number.
  const most = 50;
  function table(id, columns, rows) {
    const [column, order] = (state().get(id) ?? "").split(",");
    const sorted = columns.findIndex(([title]) => title === column);
    const direction = order === "up" ? 1 : -1;
    const value = (row) => columns[sorted][1](row);
    const list = sorted < 0 ? [...rows] : [...rows].sort((left, right) => {
      const [first, second] = [value(left), value(right)];
      return direction * (typeof first === "string" ? first.localeCompare(second, "en") : first - second);
    });
    const kept = state().get(id + "-all") ? list : list.slice(0, most);
    const hadFocus = find(id).contains(document.activeElement) ? document.activeElement.dataset.title : undefined;
    const head = columns.map(([title, , write], number) => make("th", {
      scope: "col", class: write ? "number" : undefined,
      "aria-sort": number === sorted ? (direction > 0 ? "ascending" : "descending") : "none",
    }, make("button", {
      type: "button", "data-title": title,
      onclick: () => {
        const next = number === sorted ? (direction > 0 ? "down" : "up") : write ? "down" : "up";
        go((address) => address.set(id, `${title},${next}`));
      },
    }, title)));
    const body = kept.map((row) => make("tr", {}, ...columns.map(([, read, write]) =>
      make("td", { class: write ? "number" : undefined }, write ? write(read(row)) : read(row)))));
    const name = find(find(id).closest("section").getAttribute("aria-labelledby")).textContent;
    find(id).replaceChildren(rows.length === 0 ? make("p", {}, "None.") : make("table", { "aria-label": name },
      make("thead", {}, make("tr", {}, ...head)), make("tbody", {}, ...body)));
    if (kept.length < list.length) {
      find(id).append(make("button", { type: "button", class: "more", onclick: () => go((next) => next.set(id + "-all", "1")) },
        `Show all ${list.length}`));
    }
    if (hadFocus) find(id).querySelector(`[data-title="${CSS.escape(hadFocus)}"]`)?.focus();
  }

  const decimal = (value) => value.toFixed(1);
  const plain = (value) => value.toLocaleString("en");
  function tables() {
    const filter = find("groups-filter").value.toLowerCase();
    const all = report.entries;
    table("groups", [
      ["Name", (row) => row.name], ["Entries", (row) => row.entries, plain], ["Never hit", (row) => row.neverHit, plain],
      ["Generated", (row) => row.generatedBytes, bytes], ["Different", (row) => row.encodedBytes, bytes],
      ["Stored", (row) => row.compressedBytes, bytes], ["On disk", (row) => row.diskBytes, bytes],
      ["Share", (row) => row.diskBytes / Math.max(1, report.bytes), (part) => share(part, 1)],
      ["Hits", (row) => row.hits, plain], ["Generation", (row) => row.generationNanoseconds, duration],
      ["Saved", (row) => row.savedNanoseconds, duration], ["ms per KiB", perKiB, decimal],
    ], report.groups[chosen("groups-by")].filter((row) => row.name.toLowerCase().includes(filter)));
    table("benefit", [
      ["Generator", (row) => row.name], ["With", () => report.bytes, bytes],
      ["Without", (row) => report.bytes - row.exclusiveBytes, bytes], ["Costs", (row) => row.exclusiveBytes, bytes],
      ["Hits", (row) => row.hits, plain], ["Saves", (row) => row.savedNanoseconds, duration],
      ["ms per KiB", (row) => row.savedMillisecondsPerKiB ?? 0, decimal],
    ], report.generators);
    table("parts", [
      ["Name", (row) => row.name], ["Pages", (row) => row.pages, plain], ["Bytes", (row) => row.bytes, bytes],
      ["Rows", (row) => row.payloadBytes, bytes], ["Around", (row) => row.overheadBytes, bytes],
      ["Free", (row) => row.unusedBytes, bytes], ["Share", (row) => row.bytes / Math.max(1, report.bytes), (part) => share(part, 1)],
    ], report.parts.flatMap((part) => part.regions).sort((left, right) => right.bytes - left.bytes));
    table("anatomy", [
      ["Part", (row) => row.name],
      ["Per entry", (row) => (row.entryPayloadBytes + row.entryStructureBytes) / Math.max(1, all.entries), decimal],
      ["Rows", (row) => row.entryPayloadBytes / Math.max(1, all.entries), decimal],
      ["Around", (row) => row.entryStructureBytes / Math.max(1, all.entries), decimal],
      ["Share", (row) => (row.entryPayloadBytes + row.entryStructureBytes) / Math.max(1, all.diskBytes), (part) => share(part, 1)],
    ], report.parts.filter((part) => part.entryPayloadBytes + part.entryStructureBytes > 0)
      .sort((left, right) => right.entryPayloadBytes + right.entryStructureBytes - left.entryPayloadBytes - left.entryStructureBytes));
    const entries = [
      ["Method instance", (row) => row.specialization], ["Generator", (row) => row.generator], ["Owner", (row) => row.owner],
      ["State", (row) => row.isOpen ? "open" : "closed"], ["Generated", (row) => row.generatedAt.slice(0, 10)],
      ["Source", (row) => row.sizes.generatedBytes, bytes], ["On disk", (row) => row.sizes.diskBytes, bytes],
      ["Cost", (row) => row.sizes.generationNanoseconds, duration], ["Hits", (row) => row.sizes.hits, plain],
    ];
    table("largest", entries, report.largest);
    table("never", entries, report.neverHit);
    table("duplicates", [
      ["Example", (row) => row.example], ["Digest", (row) => row.digest.slice(0, 12)], ["Bytes", (row) => row.bytes, bytes],
      ["Entries", (row) => row.entries, plain], ["Spared", (row) => row.sparedBytes, bytes],
    ], report.duplicates.largest);
  }

  function draw() { map(); scatter(); growth(); tables(); }

  facts();
  fill("scatter-by", dimensions.map((name) => [name, name]));
  find("scatter-by").value = "method";
  fill("growth-by", [["time", "time"], ...report.growth.lineages.map((lineage, number) => ["worlds:" + number, "the worlds of " + lineage.name])]);
  fill("groups-by", dimensions.map((name) => [name, name]));
  find("groups-filter").addEventListener("input", tables);
  addEventListener("hashchange", draw);
  draw();
})();
