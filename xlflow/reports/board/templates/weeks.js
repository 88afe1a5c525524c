// What came, went live and was closed, week by week, and how long it took.

const LIVE = new Set(["live", "closed"]);
const HIGH = 190;
const ROOM = { left: 30, right: 8, top: 10, bottom: 24 };
const KINDS = ["submitted", "live", "closed"];
const SHARES = [["median", 50], ["most", 85]];

function weekOf(day) {
  if (!day || day > data.today) return -1;
  return data.weeks.filter((week) => week.first <= day).length - 1;
}

function flowOf(records) {
  const flow = data.weeks.map((week) => ({ name: week.name, submitted: 0, live: 0, closed: 0, cycle: [] }));
  const note = (day, kind) => {
    const week = flow[weekOf(day)];
    if (week) week[kind] += 1;
    return week;
  };
  for (const record of records) {
    note(record.submitted, "submitted");
    const week = LIVE.has(record.status) && note(record.live, "live");
    if (week && typeof record.cycle === "number") week.cycle.push(record.cycle);
    if (record.status === "closed") note(record.closed, "closed");
  }
  flow.forEach((week) => week.cycle.sort((one, other) => one - other));
  return flow;
}

// So many in a hundred took at most this; null of none.
function atMost(ordered, percent) {
  return ordered.length ? ordered[Math.max(Math.ceil((ordered.length * percent) / 100), 1) - 1] : null;
}

function flowChart(flow, wide) {
  const bar = (week, kind, n, left, room, y) => drawn("rect", {
    class: kind, x: left + room * (0.14 + 0.24 * n), width: room * 0.22,
    y: y(week[kind]), height: y(0) - y(week[kind]),
  }, drawn("title", {}, `${week.name} · ${say(`flow.${kind}`)}: ${week[kind]}`));
  const highest = Math.max(4, ...flow.flatMap((week) => KINDS.map((kind) => week[kind])));
  const svg = scaled(flow, wide, highest, say("chart.flow"),
    (week, ...place) => KINDS.map((kind, n) => bar(week, kind, n, ...place)));
  const names = KINDS.map((kind) => [kind, say(`flow.${kind}`)]);
  const figures = figuresTable(flow, names, (week, kind) => week[kind]);
  return figureOf("flow", say("chart-note.flow"), legendOf(names), svg, figures);
}

function cycleChart(flow, wide) {
  if (!flow.some((week) => week.cycle.length)) return figureOf("cycle", say("chart-note.cycle"), nothingToDraw());
  const percents = new Map(SHARES);
  const mark = (week, name, left, room, y) => {
    const days = atMost(week.cycle, percents.get(name));
    const part = name === "most" ? 0.7 : 0.44; // both are seen where they are the same
    return days === null ? null : drawn("rect",
      { class: name, x: left + (room * (1 - part)) / 2, width: room * part, rx: 2, y: y(days) - 3, height: 6 },
      drawn("title", {}, `${week.name} · ${say(`cycle.${name}`)}: ${say("days", { count: days })}`));
  };
  const highest = Math.max(5, ...flow.map((week) => atMost(week.cycle, 85) ?? 0));
  const svg = scaled(flow, wide, highest, say("chart.cycle"),
    (week, ...place) => ["most", "median"].map((name) => mark(week, name, ...place)));
  const names = SHARES.map(([name]) => [name, say(`cycle.${name}`)]);
  const figures = figuresTable(flow, names, (week, name) => atMost(week.cycle, percents.get(name)));
  return figureOf("cycle", say("chart-note.cycle"), legendOf(names), svg, figures);
}

function legendOf(names) {
  const sample = (kind) => drawn("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" },
    drawn("rect", { class: kind, width: 10, height: 10, rx: 2 }));
  return element("p", { class: "legend" }, names.map(([kind, name]) => element("span", {}, sample(kind), name)));
}

function figuresTable(flow, names, valueOf) {
  const heads = [say("week"), ...names.map(([, name]) => name)];
  const rows = flow.map((week) => [week.name, ...names.map(([kind]) => String(valueOf(week, kind) ?? "–"))]);
  return element("details", { class: "numbers" }, element("summary", {}, say("as-table")), tableOf(heads, rows));
}

// A drawing over the weeks, with lines at round figures. `draw` gets a week, where its room begins,
// how wide that is, and what turns a figure into a height.
function scaled(flow, wide, highest, name, draw) {
  const step = stepOf(highest);
  const top = Math.ceil(highest / step) * step;
  const y = (value) => ROOM.top + (HIGH - ROOM.top - ROOM.bottom) * (1 - value / top);
  const room = (wide - ROOM.left - ROOM.right) / flow.length;
  const svg = drawn("svg",
    { class: "drawing", viewBox: `0 0 ${wide} ${HIGH}`, role: "img", "aria-label": name });
  for (let value = 0; value <= top; value += step) svg.append(...gridLine(value, y(value), wide));
  const every = room < 30 ? 2 : 1;
  flow.forEach((week, n) => {
    const left = ROOM.left + room * n;
    svg.append(...draw(week, left, room, y).filter(Boolean));
    const isNamed = (flow.length - 1 - n) % every === 0;
    const place = { x: left + room / 2, y: HIGH - 6, "text-anchor": "middle" };
    if (isNamed) svg.append(drawn("text", place, week.name.slice("2026-".length)));
  });
  return svg;
}

function gridLine(value, y, wide) {
  return [
    drawn("line", { class: "grid", x1: ROOM.left, x2: wide - ROOM.right, y1: y, y2: y }),
    drawn("text", { x: ROOM.left - 6, y: y + 4, "text-anchor": "end" }, String(value)),
  ];
}

// Four lines or so, at 1, 2 or 5 times a power of ten.
function stepOf(highest) {
  const raw = highest / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  return Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw));
}
