// The display screen: what everybody may see, drawn as SVG, read anew every few minutes.
"use strict";

const API = "/api/v1/public";
const EVERY = 5 * 60 * 1000;
const NOTHING = "—";
const COLOURS = 6;

const $ = (selector) => document.querySelector(selector);

function svg(name, attributes = {}, text) {
  const made = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== undefined) made.textContent = text;
  return made;
}

function html(name, className, text) {
  const made = document.createElement(name);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

// As high as there is room for, in units of which it is `width` wide.
function canvas(body, width) {
  const height = Math.round((width * body.clientHeight) / Math.max(body.clientWidth, 1)) || width;
  const drawn = svg("svg", { viewBox: `0 0 ${width} ${height}`, preserveAspectRatio: "xMidYMid meet", role: "img" });
  body.replaceChildren(drawn);
  return { drawn, height };
}

const told = (value) => (value === null || value === undefined ? NOTHING : value.toLocaleString("zh-CN"));
const short = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);
const largest = (items) => Math.max(1, ...items.map((item) => item.value ?? 0));
const step = (most) => {
  const ten = 10 ** Math.floor(Math.log10(Math.max(most, 4) / 4));
  return [1, 1.5, 2, 2.5, 5, 10].map((n) => n * ten).find((n) => Number.isInteger(n) && n * 4 >= most);
};

// What is withheld has no bar, and a dash for its number.
function rows(body, items, { left, colour, letters }) {
  const { drawn, height } = canvas(body, 420), right = 366, full = right - left;
  const most = largest(items), tall = Math.min(38, height / Math.max(items.length, 1));
  items.forEach((item, n) => {
    const middle = (n + 0.5) * tall, bar = { x: left, y: middle - 6, height: 12, rx: 6 };
    drawn.append(svg("text", { x: 0, y: middle + 5, "font-size": 15, class: "soft" }, short(item.name, letters)));
    drawn.append(svg("rect", { ...bar, width: full, class: "track" }));
    if (item.value) drawn.append(svg("rect", { ...bar, width: Math.max(12, (full * item.value) / most), class: colour }));
    drawn.append(svg("text", { x: right + 10, y: middle + 6, "font-size": 16 }, told(item.value)));
  });
}

const charts = {
  bars(body, table) {
    const items = [...table.items].sort((a, b) => (b.value ?? 0) - (a.value ?? 0)).slice(0, 10);
    rows(body, items, { left: 128, colour: "c0", letters: 8 });
  },

  steps(body, table) {
    rows(body, table.items, { left: 86, colour: "c1", letters: 5 });
  },

  donut(body, table) {
    const { drawn, height } = canvas(body, 420), centre = height / 2, items = table.items.filter((item) => item.value !== 0);
    const sum = items.reduce((all, item) => all + (item.value ?? 0), 0), radius = 82, round = 2 * Math.PI * radius;
    drawn.append(svg("circle", { cx: 120, cy: centre, r: radius, "stroke-width": 26, class: "ring" }));
    let passed = 0;
    items.forEach((item, n) => {
      const colour = n % COLOURS;
      if (item.value) {
        const length = (round * item.value) / sum;
        drawn.append(svg("circle", {
          cx: 120, cy: centre, r: radius, "stroke-width": 26, class: `arc s${colour}`,
          "stroke-dasharray": `${Math.max(length - 2, 1)} ${round}`, "stroke-dashoffset": -passed,
          transform: `rotate(-90 120 ${centre})`,
        }));
        passed += length;
      }
      const y = centre + (n - (items.length - 1) / 2) * 38;
      drawn.append(svg("rect", { x: 238, y: y - 6, width: 12, height: 12, rx: 3, class: `c${colour}` }));
      drawn.append(svg("text", { x: 258, y: y + 5, "font-size": 15, class: "soft" }, short(item.name, 7)));
      drawn.append(svg("text", { x: 418, y: y + 6, "font-size": 17, "text-anchor": "end" }, told(item.value)));
    });
    drawn.append(svg("text", { x: 120, y: centre + 12, "font-size": 36, "text-anchor": "middle" }, told(table.total)));
  },

  courses(body, table, beside) {
    const width = 900, left = 56, top = 34, { drawn, height } = canvas(body, width), bottom = height - 34;
    const series = [table, beside].filter(Boolean);
    const by = step(Math.max(...series.map((each) => largest(each.items)))), most = by * 4;
    const count = table.items.length, across = (n) => left + ((width - left - 16) * (n + 0.5)) / count;
    const up = (value) => bottom - ((bottom - top) * value) / most;
    for (let value = 0; value <= most; value += by) {
      drawn.append(svg("line", { x1: left, x2: width - 16, y1: up(value), y2: up(value), class: "grid" }));
      drawn.append(svg("text", { x: left - 10, y: up(value) + 5, "font-size": 13, "text-anchor": "end", class: "faint" }, told(value)));
    }
    table.items.forEach((item, n) => {
      if (n % 3 === count % 3 || n === count - 1)
        drawn.append(svg("text", { x: across(n), y: bottom + 24, "font-size": 13, "text-anchor": "middle", class: "faint" }, item.name.slice(2)));
    });
    series.forEach((each, colour) => {
      const pieces = [];
      each.items.forEach((item, n) => {
        if (item.value === null) return pieces.push([]);
        if (!pieces.length) pieces.push([]);
        pieces.at(-1).push(`${across(n).toFixed(1)},${up(item.value).toFixed(1)}`);
      });
      for (const points of pieces.filter((piece) => piece.length)) {
        const first = points[0].split(",")[0], last = points.at(-1).split(",")[0];
        drawn.append(svg("polygon", { points: `${first},${bottom} ${points.join(" ")} ${last},${bottom}`, class: `c${colour}`, opacity: 0.13 }));
        drawn.append(svg("polyline", { points: points.join(" "), fill: "none", "stroke-width": 2.5, class: `s${colour}` }));
        for (const point of points) {
          const [cx, cy] = point.split(",");
          drawn.append(svg("circle", { cx, cy, r: 3, class: `c${colour}` }));
        }
      }
      const at = width - 260 + colour * 126;
      drawn.append(svg("rect", { x: at, y: 4, width: 20, height: 6, rx: 3, class: `c${colour}` }));
      drawn.append(svg("text", { x: at + 28, y: 13, "font-size": 14, class: "soft" }, each.name));
    });
  },

  months(body, table) {
    const items = table.items.slice(-12), { drawn, height } = canvas(body, 420), most = largest(items);
    const bottom = height - 26, full = bottom - 18;
    items.forEach((item, n) => {
      const x = 4 + n * 35, tall = item.value ? Math.max(3, (full * item.value) / most) : 0;
      drawn.append(svg("rect", { x, y: bottom - full, width: 22, height: full, rx: 4, class: "track" }));
      drawn.append(svg("rect", { x, y: bottom - tall, width: 22, height: tall, rx: 4, class: "c4" }));
      drawn.append(svg("text", { x: x + 11, y: bottom - 6 - tall, "font-size": 12, "text-anchor": "middle" }, told(item.value)));
      drawn.append(svg("text", { x: x + 11, y: bottom + 20, "font-size": 12, "text-anchor": "middle", class: "faint" }, item.name.slice(5)));
    });
  },
};

function heading(article, name, total) {
  const head = article.querySelector("h2") ?? html("h2");
  head.replaceChildren(document.createTextNode(name));
  if (total !== undefined && total !== null) head.append(html("span", "total", told(total)));
  if (!head.parentElement) article.append(head, html("div", "body"));
}

// Units as tiles of one size, no map: the more open issues, the brighter.
function units(features) {
  const body = $("#units .body"), columns = Math.ceil(Math.sqrt(features.length * 1.6)) || 1;
  const lines = Math.ceil(features.length / columns) || 1, width = 920;
  const { drawn, height } = canvas(body, width), wide = width / columns, tall = height / lines;
  const most = Math.max(1, ...features.map(({ properties }) => properties.issues ?? 0));
  features.forEach(({ properties: unit }, n) => {
    const x = (n % columns) * wide, y = Math.floor(n / columns) * tall;
    const bright = 0.1 + (0.6 * (unit.issues ?? 0)) / most;
    drawn.append(svg("rect", { x: x + 4, y: y + 4, width: wide - 8, height: tall - 8, rx: 8, class: "c0", opacity: bright }));
    drawn.append(svg("rect", { x: x + 4, y: y + 4, width: wide - 8, height: tall - 8, rx: 8, fill: "none", class: "tile" }));
    const middle = x + wide / 2, base = y + tall / 2;
    drawn.append(svg("text", { x: middle, y: base - 10, "font-size": 16, "text-anchor": "middle" }, short(unit.name, Math.floor(wide / 17))));
    const line = svg("text", { x: middle, y: base + 20, "font-size": 14, "text-anchor": "middle", class: "soft" });
    line.append(svg("tspan", {}, "事项 "), svg("tspan", { "font-size": 20, fill: "#fff" }, told(unit.issues)));
    line.append(svg("tspan", {}, "　项目 "), svg("tspan", { "font-size": 20, fill: "#fff" }, told(unit.projects)));
    drawn.append(line);
  });
}

function rates(found) {
  const { drawn, height } = canvas($("#rates .body"), 420), radius = 38, round = 2 * Math.PI * radius;
  const cy = height / 2 - 24;
  found.forEach((rate, n) => {
    const cx = 52 + n * 105;
    drawn.append(svg("circle", { cx, cy, r: radius, "stroke-width": 9, class: "ring" }));
    if (rate.percent !== null)
      drawn.append(svg("circle", {
        cx, cy, r: radius, "stroke-width": 9, class: `arc s${n % COLOURS}`, "stroke-linecap": "round",
        "stroke-dasharray": `${(round * rate.percent) / 100} ${round}`, transform: `rotate(-90 ${cx} ${cy})`,
      }));
    drawn.append(svg("text", { x: cx, y: cy + 7, "font-size": 19, "text-anchor": "middle" }, rate.percent === null ? NOTHING : `${rate.percent}%`));
    const half = Math.ceil(rate.name.length / 2);
    [rate.name.slice(0, half), rate.name.slice(half)].forEach((part, line) =>
      drawn.append(svg("text", { x: cx, y: cy + 66 + line * 20, "font-size": 14, "text-anchor": "middle", class: "soft" }, part)));
  });
}

function keys(tables, byRate) {
  const latest = (code) => tables[code]?.items.at(-1)?.value;
  const shown = [
    ["在办事项", tables["issues.by_state"]?.total, "件"],
    ["本月新增事项", latest("issues.opened"), "件"],
    ["在库项目", tables["projects.by_stage"]?.total, "个"],
    ["本月走访", latest("visits.made"), "次"],
    [byRate.on_time?.name, byRate.on_time?.percent, "%"],
    [byRate.completion?.name, byRate.completion?.percent, "%"],
  ];
  $("#keys").replaceChildren(...shown.filter(([name]) => name).map(([name, value, of]) => {
    const key = html("div", "key"), number = html("div", "value", told(value));
    if (value !== null && value !== undefined) number.append(html("small", "", of));
    key.append(html("div", "name", name), number);
    return key;
  }));
}

function draw(figures, map) {
  const tables = Object.fromEntries(figures.tables.map((table) => [table.code, table]));
  const byRate = Object.fromEntries(figures.rates.map((rate) => [rate.code, rate]));
  document.title = $("#title").textContent = figures.title;
  $("#as-of").textContent = `统计时刻 ${figures.as_of.slice(0, 16).replace("T", " ")}`;
  $("#notes").textContent = figures.notes.join("；");
  keys(tables, byRate);
  for (const article of document.querySelectorAll("[data-table]")) {
    const table = tables[article.dataset.table];
    if (!table) continue;
    heading(article, article.dataset.title ?? table.name, table.total);
    charts[article.dataset.chart](article.querySelector(".body"), table, tables[article.dataset.beside]);
  }
  units(map.features);
  rates(figures.rates.filter((rate) => !["on_time", "completion"].includes(rate.code)));
}

async function read(name) {
  // Without a change the browser answers from its cache, by ETag.
  const answer = await fetch(`${API}/${name}`, { headers: { "Accept-Language": "zh" }, cache: "no-cache" });
  if (!answer.ok) throw new Error((await answer.json().catch(() => ({}))).message ?? answer.status);
  return answer.json();
}

async function refresh() {
  try {
    draw(...(await Promise.all([read("figures"), read("map")])));
  } catch (error) {
    $("#as-of").textContent = `未能更新：${error.message}`;
  }
}

function tick() {
  const local = new Intl.DateTimeFormat("zh-CN", { dateStyle: "full", timeStyle: "short", timeZone: "Asia/Shanghai" });
  $("#clock").textContent = local.format(new Date());
}

tick();
refresh();
setInterval(tick, 10 * 1000);
setInterval(refresh, EVERY);
