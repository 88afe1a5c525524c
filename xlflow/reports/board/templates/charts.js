// The charts follow the filters. Each says in figures what it draws.

const MOST_PEOPLE = 12;
const COLUMN_WIDE = 400; // and the gap beside it: see #charts in the style
const GAP = 16;
const FRAME = 38; // of a chart around its drawing

function figureOf(name, note, ...content) {
  const id = `chart-${name}`;
  const caption = element("figcaption", {},
    element("h2", { id }, say(`chart.${name}`)),
    element("p", { class: "quiet" }, note));
  return element("figure", { class: `chart ${name}`, "aria-labelledby": id }, caption, content);
}

function nothingToDraw() {
  return element("p", { class: "nothing" }, say("nothing-to-draw"));
}

function barOf(count, late, longest) {
  const box = { class: "bar", viewBox: "0 0 100 10", preserveAspectRatio: "none", "aria-hidden": "true" };
  return drawn("svg", box,
    drawn("rect", { class: "all", width: (100 * count) / longest, height: 10 }),
    drawn("rect", { class: "part", width: (100 * late) / longest, height: 10 }));
}

// Bars as a table: the figures stand beside them as text. A row: name, all, of them overdue.
function barsOf(rows, head) {
  const longest = Math.max(1, ...rows.map(([, count]) => count));
  const heads = [head, "", say("chart.records"), say("figure.overdue")];
  const row = ([name, count, late = 0]) => element("tr", {},
    element("th", { scope: "row" }, name),
    element("td", {}, barOf(count, late, longest)),
    element("td", { class: "value" }, element("b", {}, String(count))),
    element("td", { class: "part-value late" }, late ? say("of-them-late", { count: late }) : ""));
  return element("table", { class: "bars" },
    element("thead", { class: "unseen" }, element("tr", {},
      heads.map((text) => (text ? element("th", { scope: "col" }, text) : element("td"))))),
    element("tbody", {}, rows.map(row)));
}

function rowOf(name, held) {
  return [name, held.length, held.filter((card) => card.overdue).length];
}

function statusChart(shown) {
  const codes = [...Object.keys(data.labels.status), ""];
  const rows = codes
    .map((code) => rowOf(labelOf("status", code), shown.filter((card) => card.status === code)))
    .filter(([, count], position) => count || codes[position]);
  return figureOf("status", say("chart-note.status", { count: shown.length }), barsOf(rows, say("filter.status")));
}

function ageChart(shown) {
  const open = shown.filter(isOpen);
  const isWithin = ({ age }, [least, most]) => typeof age === "number" && age >= least && (most === null || age <= most);
  const rows = data.ages.map((bounds) => rowOf(ageName(bounds), open.filter((card) => isWithin(card, bounds))));
  const unknown = open.filter((card) => typeof card.age !== "number");
  if (unknown.length) rows.push(rowOf(say("age.unknown"), unknown));
  return figureOf("age", say("chart-note.age"), barsOf(rows, say("chart.age")));
}

function ageName([least, most]) {
  return most === null ? say("age.over", { least }) : say("age.between", { least, most });
}

function peopleChart(shown) {
  const loads = new Map();
  for (const card of shown.filter(isOpen)) {
    if (!loads.has(card.charge)) loads.set(card.charge, []);
    loads.get(card.charge).push(card);
  }
  const rows = [...loads].map(([name, held]) => rowOf(name || say("nobody"), held));
  rows.sort((one, other) => other[1] - one[1] || other[2] - one[2] || compared(one[0], other[0]));
  const rest = rows.splice(MOST_PEOPLE);
  const added = (column) => rest.reduce((sum, row) => sum + row[column], 0);
  if (rest.length) rows.push([say("others", { count: rest.length }), added(1), added(2)]);
  const drawing = rows.length ? barsOf(rows, say("filter.person")) : nothingToDraw();
  return figureOf("people", say("chart-note.people"), drawing);
}

function wideEnough(room) {
  const columns = Math.max(1, Math.floor((room + GAP) / (COLUMN_WIDE + GAP)));
  return Math.max(240, (room - GAP * (columns - 1)) / columns - FRAME);
}

// Records that have gone to the archive count by week only. The filters go for them, too; what is
// searched or stands in a figure they have not.
function pastRecords() {
  if (asked.q || asked.state) return [];
  return data.past.filter(testOf(CHOICES));
}

function showCharts(shown) {
  const place = byId("charts");
  const flow = flowOf([...shown, ...pastRecords()]);
  const wide = wideEnough(place.clientWidth);
  place.replaceChildren(statusChart(shown), ageChart(shown), flowChart(flow, wide), cycleChart(flow, wide),
    peopleChart(shown));
}
