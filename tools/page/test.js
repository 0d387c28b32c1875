"use strict";
// Uses the page of 'cachectl report bloat --html' as a person would, with mouse and keys, and leaves the outcome in an
// attribute of the document. 'tools/check report' puts this at the end of a page, and looks at what the browser then has.
(async () => {
  const root = document.documentElement;
  const failures = [];
  let checks = 0;
  const expect = (holds, what) => { checks += 1; if (!holds) failures.push(what); };
  const find = (selector) => document.querySelector(selector);
  const all = (selector) => [...document.querySelectorAll(selector)];
  // A change of the address is told a little later.
  const settled = () => new Promise((resolve) => setTimeout(resolve, 20));
  const press = (target, key) => target.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
  const column = (id, number) => all(`#${id} tbody tr`).map((row) => row.cells[number].textContent);
  try {
    const report = JSON.parse(find("#data").textContent);

    // It renders.
    expect(find("h1").textContent.startsWith("Bloat of "), "a title");
    expect(all("#facts > div").length === 6, "six facts");
    expect(all("#map .cell").length === report.tree.children.length, "a cell for each generator");
    const area = all("#map .cell").reduce((sum, cell) => sum + cell.offsetWidth * cell.offsetHeight, 0);
    const map = find("#map");
    expect(Math.abs(area / (map.clientWidth * map.clientHeight) - 1) < 0.05, "the cells fill the map");
    const [first, second] = all("#map .cell").map((cell) => cell.offsetWidth * cell.offsetHeight);
    const sizes = report.tree.children.map((child) => child.sizes.diskBytes);
    expect(!second || Math.abs(first / second - sizes[0] / sizes[1]) < 0.1 * sizes[0] / sizes[1], "areas are sizes");
    expect(all("#scatter circle").length === Math.min(500, report.groups.method.length), "a point for each method");
    expect(find("#growth path.ever") !== null, "a curve");
    expect(all("#parts tbody tr").length > 0 && all("#benefit tbody tr").length === report.generators.length, "tables");
    expect(root.scrollWidth <= root.clientWidth + 1, "nothing is wider than the page");
    expect(getComputedStyle(document.body).backgroundColor !== "rgba(0, 0, 0, 0)", "a background");
    root.dataset.background = getComputedStyle(document.body).backgroundColor;

    // It drills, down to method instances and up again, by mouse and by keys.
    const names = [];
    for (let depth = 0; depth < 3; depth += 1) {
      const cell = find("#map button.cell");
      names.push(cell.querySelector("b").textContent);
      cell.focus();
      cell.click();
      await settled();
      expect(find("#path [aria-current]").textContent === names[depth], `opened ${names[depth]}`);
      expect(find("#map").contains(document.activeElement), "the focus stays in the map");
    }
    expect(all("#map button.cell").length === 0 && all("#map .cell").length > 0, "instances at the bottom");
    expect(find("#map .cell").getAttribute("aria-label").includes("on disk"), "cells are named");
    expect(decodeURIComponent(location.hash).includes("map="), "the address says what is open");
    press(document.activeElement, "Escape");
    await settled();
    expect(find("#path [aria-current]").textContent === names[1], "Escape leads up");
    find("#path button").click();
    await settled();
    expect(find("#path [aria-current]").textContent === "All entries", "the path leads to the top");

    // It sorts, both ways, numbers as numbers.
    find("#groups-by").value = "method";
    find("#groups-by").dispatchEvent(new Event("change"));
    await settled();
    const titles = all("#groups th").map((title) => title.textContent);
    const entries = titles.indexOf("Entries");
    find(`#groups th:nth-child(${entries + 1}) button`).click();
    await settled();
    const down = column("groups", entries).map((text) => Number(text.replaceAll(",", "")));
    expect(down.length > 1 && down.every((number, at) => at === 0 || number <= down[at - 1]), "descending");
    expect(all("#groups th")[entries].getAttribute("aria-sort") === "descending", "aria-sort says so");
    find(`#groups th:nth-child(${entries + 1}) button`).click();
    await settled();
    const up = column("groups", entries).map((text) => Number(text.replaceAll(",", "")));
    expect(up.every((number, at) => at === 0 || number >= up[at - 1]), "ascending");
    find("#groups th:first-child button").click();
    await settled();
    const sorted = column("groups", 0);
    expect(sorted.every((name, at) => at === 0 || sorted[at - 1].localeCompare(name, "en") <= 0), "by name");
    find("#groups-filter").value = sorted[0];
    find("#groups-filter").dispatchEvent(new Event("input"));
    expect(column("groups", 0).every((name) => name.includes(sorted[0])), "the filter");

    // One tab stop leads to all points; arrow keys go through them.
    const points = all("#scatter circle");
    expect(points.filter((point) => point.getAttribute("tabindex") === "0").length === 1, "one tab stop");
    points[0].focus();
    press(points[0], "ArrowRight");
    expect(document.activeElement === points[1] || points.length === 1, "arrow keys move");
    expect(find("#scatter-info").textContent.includes("on disk"), "the point is told");

    // Every control has a name.
    for (const control of all("button, select, input")) {
      expect((control.textContent + (control.closest("label")?.textContent ?? "")).trim() !== "", "a named control");
    }
  } catch (error) {
    failures.push(String(error));
  }
  root.dataset.outcome = failures.length === 0 ? `passed ${checks}` : "failed: " + failures.join("; ");
})();
