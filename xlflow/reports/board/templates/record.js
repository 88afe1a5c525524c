// A record's page: all its fields, what is due and wrong, what people wrote, what happened.

const sheet = byId("record");
const MOST_COLUMNS = 6; // of a table beside the board
let opener = null;

function openRecord(id) {
  history.pushState({ opened: true }, "", addressOf(id));
  showRecord(id);
}

function showRecord(id) {
  const card = cardById.get(id);
  byId("gone").hidden = Boolean(card);
  if (!card) {
    byId("gone").textContent = say("gone", { number: id.slice(id.indexOf("/") + 1) });
    return closeSheet();
  }
  if (!sheet.open) opener = document.activeElement;
  sheet.replaceChildren(...pageOf(card, detailsOf(card.position)));
  sheet.setAttribute("aria-labelledby", "record-title");
  if (!sheet.open) sheet.showModal();
  sheet.scrollTop = 0;
}

// Back in the browser and Escape come to the same.
function closeRecord() {
  if (history.state?.opened) history.back();
  else {
    history.replaceState(null, "", addressOf());
    closeSheet();
  }
}

function closeSheet() {
  if (!sheet.open) return;
  const id = sheet.querySelector("[data-record]")?.dataset.record;
  sheet.close();
  sheet.removeAttribute("aria-labelledby");
  const link = id && made.get(id)?.isConnected ? made.get(id) : opener;
  if (link?.isConnected) link.focus();
  sheet.replaceChildren();
}

function pageOf(card, details) {
  return [
    element("div", { class: "record-head", "data-record": card.id },
      element("div", {},
        element("p", { class: "record-over" }, element("span", { class: "number" }, card.number),
          badge(`status-${card.status}`, statusOf(card)), rankBadges(card), stateBadges(card)),
        element("h2", { id: "record-title" }, card.title || say("untitled"))),
      element("button", { type: "button", class: "tool close", click: closeRecord }, say("close"))),
    element("div", { class: "record-body" },
      nextOf(card, details), deadlinesOf(details), findingsOf(details), fieldsOf(details), linesOf(details),
      timelineOf(details)),
  ].flat();
}

function part(name, ...children) {
  const id = `part-${name}`;
  return element("section", { class: `part ${name}`, "aria-labelledby": id },
    element("h3", { id }, data.words[`part.${name}`] ?? data.sheets[name].label), children);
}

function nextOf(card, details) {
  return part("next",
    element("p", { class: "step" }, card.step || say("nothing-to-do")),
    element("p", { class: "quiet" }, [
      card.from && cameFrom(card),
      say("cell", { cell: details.cell, file: fileOf(card) }),
    ].filter(Boolean).join(" · ")));
}

function fileOf(card) {
  return data.registers.find((register) => register.name === card.register).file;
}

function deadlinesOf({ deadlines = [] }) {
  if (!deadlines.length) return [];
  const heads = ["what", "who", "due", "stands", "cell"].map((name) => say(`deadline.${name}`));
  return part("deadlines", tableOf(heads, deadlines.map((one) => [
    one.name, one.who || say("nobody"), one.due,
    element("span", { class: { overdue: "late", "due soon": "soon" }[one.state] ?? "" }, one.flag),
    one.cell,
  ])));
}

function tableOf(heads, rows) {
  return element("div", { class: "table" }, element("table", {},
    element("thead", {}, element("tr", {}, heads.map((head) => element("th", { scope: "col" }, head)))),
    element("tbody", {}, rows.map((row) => element("tr", {},
      row.map((cell, n) => element("td", { "data-head": heads[n] }, cell)))))));
}

function findingsOf({ findings = [] }) {
  if (!findings.length) return [];
  const message = (one) => element("span", { class: "message" },
    one.field ? element("b", {}, one.field) : null, " ", one.message,
    element("span", { class: "quiet" }, [one.cell, one.who].filter(Boolean).join(" · ")));
  const items = findings.map((one) => element("li", { class: one.severity },
    badge(one.severity, say(`severity.${one.severity}`)), message(one)));
  return part("findings", element("ul", { class: "findings" }, items));
}

function fieldsOf({ fields = {} }) {
  return data.modules.map((module) => {
    const held = module.fields.filter((field) => fields[field.key]);
    if (!held.length) return [];
    const id = `module-${module.key}`;
    return element("section", { class: "part module", "aria-labelledby": id }, element("h3", { id }, module.label),
      pairsOf(held, fields));
  });
}

function pairsOf(fields, held) {
  return element("dl", {}, fields.filter((field) => held[field.key]).map((field) =>
    element("div", { class: isLong(held[field.key]) ? "long" : "" },
      element("dt", {}, field.label), element("dd", {}, held[field.key]))));
}

function isLong(text) {
  return text.length > 26 || text.includes("\n");
}

function linesOf({ lines = {} }) {
  return Object.entries(lines).map(([name, held]) => {
    const used = data.sheets[name].fields.filter((field) => held.some((line) => line[field.key]));
    const lines = [...held].reverse();
    const rows = () => lines.map((line) => used.map((field) => line[field.key] ?? ""));
    return part(name, used.length > MOST_COLUMNS
      ? lines.map((line) => element("div", { class: "line" }, pairsOf(used, line)))
      : tableOf(used.map((field) => field.label), rows()));
  });
}

function timelineOf({ spells = [], moments = [], earlier = 0 }) {
  const note = (text) => element("p", { class: "quiet" }, text);
  if (!spells.length && !moments.length) return part("timeline", note(say("no-timeline")));
  const way = spells.map(([status, since, until]) => element("li", { class: until ? "" : "is-now" },
    element("b", {}, labelOf("status", status)),
    element("span", { class: "quiet" }, until ? say("from-to", { since, until }) : say("since", { since }))));
  const events = moments.map((moment) => element("li", {}, note(moment.at),
    element("ul", {}, moment.told.map((line) => element("li", {}, line)))));
  return part("timeline",
    way.length ? element("ol", { class: "way" }, way) : null,
    events.length ? element("ol", { class: "events" }, events) : null,
    earlier ? note(say("earlier", { count: earlier })) : null,
    note(say("timeline-note")));
}

function watchRecord() {
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeRecord();
  });
  sheet.addEventListener("click", (event) => {
    const isBeside = event.clientX < sheet.getBoundingClientRect().left;
    if (event.target === sheet && event.detail && isBeside) closeRecord();
  });
}
