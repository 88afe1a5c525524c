// The charts follow the filters. Each says in figures what it draws.

const LIVE = new Set(["live", "closed"]);
const MOST_PEOPLE = 12;
const DRAWN_HIGH = 190;
const ROOM = { left: 30, right: 8, top: 10, bottom: 24 };

function figureOf(name, note, ...content) {
  const id = `chart-${name}`;
  return element("figure", { class: `chart ${name}`, "aria-labelledby": id },
    element("figcaption", {}, element("h2", { id }, say(`chart.${name}`)), element("p", { class: "quiet" }, note)), content);
}

// Bars as a table: the figures stand beside them as text. A row: name, all, of them overdue.
function barsOf(rows, head) {
  const longest = Math.max(1, ...rows.map(([, count]) => count));
  const bar = (count, late) => drawn("svg", { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" },
    drawn("rect", { class: "all", width: (100 * count) / longest, height: 10 }),
    drawn("rect", { class: "part", width: (100 * late) / longest, height: 10 }));
  return element("table", { class: "bars" },
    element("thead", { class: "unseen" }, element("tr", {}, element("th", { scope: "col" }, head), element("td"), element("th", { scope: "col" }, say("chart.records")), element("th", { scope: "col" }, say("figure.overdue")))),
    element("tbody", {}, rows.map(([name, count, late = 0]) => element("tr", {},
      element("th", { scope: "row" }, name), element("td", {}, bar(count, late)),
      element("td", { class: "value" }, element("b", {}, String(count))),
      element("td", { class: "part-value late" }, late ? say("of-them-late", { count: late }) : "")))));
}

function statusChart(shown) {
  const statuses = [...Object.keys(data.labels.status), ...(shown.some((card) => !card.status) ? [""] : [])];
  const rows = statuses.map((status) => {
    const held = shown.filter((card) => card.status === status);
    return [labelOf("status", status), held.length, held.filter((card) => card.overdue).length];
  });
  return figureOf("status", say("chart-note.status", { count: shown.length }), barsOf(rows, say("filter.status")));
}

function peopleChart(shown) {
  const loads = new Map();
  for (const card of shown.filter(isOpen)) {
    const load = loads.get(card.charge) ?? [0, 0];
    loads.set(card.charge, [load[0] + 1, load[1] + Number(card.overdue ?? 0)]);
  }
  const rows = [...loads].map(([name, load]) => [name || say("nobody"), ...load]);
  rows.sort((one, other) => other[1] - one[1] || other[2] - one[2] || one[0].localeCompare(other[0]));
  const rest = rows.splice(MOST_PEOPLE);
  const added = (n) => rest.reduce((sum, row) => sum + row[n], 0);
  if (rest.length) rows.push([say("others", { count: rest.length }), added(1), added(2)]);
  return figureOf("people", say("chart-note.people"), rows.length ? barsOf(rows, say("filter.person")) : nothingToDraw());
}

function ageChart(shown) {
  const open = shown.filter(isOpen);
  const within = (age, [least, most]) => age >= least && (most === null || age <= most);
  const rows = data.ages.map((bounds) => {
    const held = open.filter((card) => typeof card.age === "number" && within(card.age, bounds));
    return [ageName(bounds), held.length, held.filter((card) => card.overdue).length];
  });
  const unknown = open.filter((card) => typeof card.age !== "number");
  if (unknown.length) rows.push([say("age.unknown"), unknown.length, unknown.filter((card) => card.overdue).length]);
  return figureOf("age", say("chart-note.age"), barsOf(rows, say("chart.age")));
}

function ageName([least, most]) {
  return most === null ? say("age.over", { least }) : say("age.between", { least, most });
}

function weekOf(day) {
  if (!day || day > data.today) return -1;
  return data.weeks.findLastIndex((week) => week.first <= day);
}

// What came, went live and was closed, week by week; records in the archive count too.
function flowOf(shown) {
  const flow = data.weeks.map((week) => ({ week: week.name, submitted: 0, live: 0, closed: 0, cycle: [] }));
  const note = (day, kind) => {
    const week = flow[weekOf(day)];
    if (week) week[kind] += 1;
    return week;
  };
  for (const card of shown) {
    note(card.submitted, "submitted");
    if (LIVE.has(card.status)) {
      const week = note(card.live, "live");
      if (week && typeof card.cycle === "number") week.cycle.push(card.cycle);
    }
    if (card.status === "closed") note(card.closed, "closed");
  }
  flow.forEach((week) => week.cycle.sort((one, other) => one - other));
  return flow;
}

function atMost(ordered, percent) {
  return ordered.length ? ordered[Math.max(Math.ceil((ordered.length * percent) / 100), 1) - 1] : null;
}

function figuresTable(flow, columns) {
  return element("details", { class: "numbers" }, element("summary", {}, say("as-table")),
    tableOf([say("week"), ...columns.map(([, name]) => name)],
      flow.map((week) => [week.week, ...columns.map(([value]) => String(value(week) ?? "–"))])));
}

function flowChart(flow, wide) {
  const kinds = ["submitted", "live", "closed"];
  const columns = kinds.map((kind) => [(week) => week[kind], say(`flow.${kind}`)]);
  const svg = scaled(flow, wide, Math.max(4, ...flow.flatMap((week) => kinds.map((kind) => week[kind]))), say("chart.flow"),
    (week, left, room, y) => kinds.map((kind, n) => drawn("rect", {
      class: kind, x: left + room * (0.14 + 0.24 * n), width: room * 0.22, y: y(week[kind]), height: y(0) - y(week[kind]),
    }, drawn("title", {}, `${week.week} · ${say(`flow.${kind}`)}: ${week[kind]}`))));
  return figureOf("flow", say("chart-note.flow"), legendOf(kinds.map((kind) => [kind, say(`flow.${kind}`)])), svg, figuresTable(flow, columns));
}

function cycleChart(flow, wide) {
  const shares = [[85, "most"], [50, "median"]];
  const columns = shares.map(([percent, name]) => [(week) => atMost(week.cycle, percent), say(`cycle.${name}`)]);
  if (!flow.some((week) => week.cycle.length)) return figureOf("cycle", say("chart-note.cycle"), nothingToDraw());
  const svg = scaled(flow, wide, Math.max(5, ...flow.map((week) => atMost(week.cycle, 85) ?? 0)), say("chart.cycle"),
    (week, left, room, y) => shares.map(([percent, name]) => {
      const days = atMost(week.cycle, percent);
      return days === null ? null : drawn("rect", { class: name, x: left + room * 0.2, width: room * 0.6, rx: 2, y: y(days) - 2.5, height: 5 },
        drawn("title", {}, `${week.week} · ${say(`cycle.${name}`)}: ${say("days", { count: days })}`));
    }));
  return figureOf("cycle", say("chart-note.cycle"), legendOf(shares.map(([, name]) => [name, say(`cycle.${name}`)])), svg, figuresTable(flow, columns));
}

function legendOf(entries) {
  return element("p", { class: "legend" }, entries.map(([kind, name]) => element("span", {},
    drawn("svg", { viewBox: "0 0 10 10", "aria-hidden": "true" }, drawn("rect", { class: kind, width: 10, height: 10, rx: 2 })), name)));
}

// A drawing over the weeks, with lines at round figures.
function scaled(flow, wide, highest, name, draw) {
  const step = stepOf(highest);
  const top = Math.ceil(highest / step) * step;
  const high = DRAWN_HIGH - ROOM.top - ROOM.bottom;
  const y = (value) => ROOM.top + high * (1 - value / top);
  const room = (wide - ROOM.left - ROOM.right) / flow.length;
  const every = room < 30 ? 2 : 1;
  const svg = drawn("svg", { class: "drawing", viewBox: `0 0 ${wide} ${DRAWN_HIGH}`, role: "img", "aria-label": name });
  for (let value = 0; value <= top; value += step) svg.append(
    drawn("line", { class: "grid", x1: ROOM.left, x2: wide - ROOM.right, y1: y(value), y2: y(value) }),
    drawn("text", { x: ROOM.left - 6, y: y(value) + 4, "text-anchor": "end" }, String(value)));
  flow.forEach((week, n) => {
    const left = ROOM.left + room * n;
    svg.append(...draw(week, left, room, y).filter(Boolean));
    if ((flow.length - 1 - n) % every === 0) svg.append(
      drawn("text", { x: left + room / 2, y: DRAWN_HIGH - 6, "text-anchor": "middle" }, week.week.slice(5)));
  });
  return svg;
}

function stepOf(highest) {
  const raw = highest / 4;
  const power = 10 ** Math.floor(Math.log10(raw));
  return Math.max(1, [1, 2, 5, 10].map((factor) => factor * power).find((step) => step >= raw));
}

function nothingToDraw() {
  return element("p", { class: "nothing" }, say("nothing-to-draw"));
}

// As wide as a column of the page is (see #charts in its style), less the frame of a chart.
function wideEnough(room) {
  const columns = Math.max(1, Math.floor((room + 16) / 416));
  return Math.max(240, (room - 16 * (columns - 1)) / columns - 38);
}

function showCharts(shown) {
  const place = byId("charts");
  const wide = wideEnough(place.clientWidth);
  const flow = flowOf([...shown, ...pastRecords()]);
  place.replaceChildren(statusChart(shown), ageChart(shown), flowChart(flow, wide), cycleChart(flow, wide), peopleChart(shown));
}

// Records that have gone to the archive count by week only; what is asked for goes for them, too.
function pastRecords() {
  const tests = Object.entries(TESTS).filter(([name]) => asked[name] && name !== "q" && name !== "state").map(([name, test]) => test(asked[name]));
  return asked.q || asked.state ? [] : data.past.filter((card) => tests.every((test) => test(card)));
}
