// A record's page: all its fields, what is due and wrong, what people wrote, what happened.

const sheet = byId("record");
let opener = null;

function openRecord(id) {
  history.pushState({ opened: true }, "", addressOf(id));
  showRecord(id);
}

function showRecord(id) {
  const card = cardById.get(id);
  if (!card) return closeSheet();
  if (!sheet.open) opener = document.activeElement;
  sheet.replaceChildren(...pageOf(card, detailsOf(card.position)));
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
  const blocked = card.status === "blocked" && card.from;
  return part("next",
    element("p", { class: "step" }, card.step || say("nothing-to-do")),
    element("p", { class: "quiet" }, [
      blocked ? say("from", { status: labelOf("status", card.from) }) : "",
      say("cell", { cell: details.cell, file: fileOf(card) }),
    ].filter(Boolean).join(" · ")));
}

function fileOf(card) {
  return data.registers.find((register) => register.name === card.register).file;
}

function deadlinesOf({ deadlines = [] }) {
  if (!deadlines.length) return [];
  const heads = ["what", "who", "due", "stands"].map((name) => say(`deadline.${name}`));
  return part("deadlines", tableOf(heads, deadlines.map((one) => [
    one.name, one.who || say("nobody"), one.due,
    element("span", { class: { overdue: "late", "due soon": "soon" }[one.state] ?? "" }, one.flag),
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
  return part("findings", element("ul", { class: "findings" }, findings.map((one) => element("li", { class: one.severity },
    badge(one.severity, say(`severity.${one.severity}`)),
    element("span", { class: "message" }, one.field ? element("b", {}, one.field) : null, " ", one.message,
      element("span", { class: "quiet" }, [one.cell, one.who].filter(Boolean).join(" · ")))))));
}

function fieldsOf({ fields = {} }) {
  return data.modules.map((module) => {
    const held = module.fields.filter((field) => fields[field.key]);
    if (!held.length) return [];
    const id = `module-${module.key}`;
    return element("section", { class: "part module", "aria-labelledby": id }, element("h3", { id }, module.label),
      element("dl", {}, held.map((field) => element("div", { class: isLong(fields[field.key]) ? "long" : "" },
        element("dt", {}, field.label), element("dd", {}, fields[field.key])))));
  });
}

function isLong(text) {
  return text.length > 26 || text.includes("\n");
}

function linesOf({ lines = {} }) {
  return Object.entries(lines).map(([name, held]) => {
    const used = data.sheets[name].fields.filter((field) => held.some((line) => line[field.key]));
    const rows = [...held].reverse().map((line) => used.map((field) => line[field.key] ?? ""));
    return part(name, tableOf(used.map((field) => field.label), rows));
  });
}

function timelineOf({ spells = [], moments = [], earlier = 0 }) {
  if (!spells.length && !moments.length) return part("timeline", element("p", { class: "quiet" }, say("no-timeline")));
  const way = spells.map(([status, since, until]) => element("li", { class: until ? "" : "is-now" },
    element("b", {}, labelOf("status", status)),
    element("span", { class: "quiet" }, until ? say("from-to", { since, until }) : say("since", { since }))));
  const events = moments.map((moment) => element("li", {}, element("p", { class: "quiet" }, moment.at),
    element("ul", {}, moment.told.map((line) => element("li", {}, line)))));
  return part("timeline",
    way.length ? element("ol", { class: "way" }, way) : null,
    events.length ? element("ol", { class: "events" }, events) : null,
    earlier ? element("p", { class: "quiet" }, say("earlier", { count: earlier })) : null,
    element("p", { class: "quiet" }, say("timeline-note")));
}

function watchRecord() {
  sheet.addEventListener("cancel", (event) => {
    event.preventDefault();
    closeRecord();
  });
  sheet.addEventListener("click", (event) => {
    const box = sheet.getBoundingClientRect();
    const outside = event.clientX < box.left || event.clientX > box.right || event.clientY < box.top || event.clientY > box.bottom;
    if (event.target === sheet && outside && event.detail) closeRecord();
  });
}
