// The board: a column for each status, a lane for what is blocked, the most urgent card first.

const FIRST_SHOWN = { closed: 5, cancelled: 5 };
const MORE = 60;
const LANE_CARD_WIDE = 240;
const USUALLY_SHOWN = matchMedia("(max-width: 720px)").matches ? 10 : 30;
const PRIORITIES = Object.keys(data.labels.priority);
const limits = new Map();
const made = new Map();

function byUrgency(one, other) {
  return Number(other.overdue ?? 0) - Number(one.overdue ?? 0)
    || (other.late ?? 0) - (one.late ?? 0)
    || compared(one.due ?? "9", other.due ?? "9")
    || rankOf(one) - rankOf(other)
    || one.position - other.position;
}

function rankOf(card) {
  const rank = PRIORITIES.indexOf(card.priority);
  return rank < 0 ? PRIORITIES.length : rank;
}

function latestFirst(one, other) {
  const day = (card) => card.closed || card.live || card.since || card.submitted;
  return compared(day(other), day(one)) || other.position - one.position;
}

function compared(one, other) {
  return one < other ? -1 : Number(one > other);
}

// Sorted once: what is asked for only leaves some out.
const inOrder = [...cards].sort((one, other) => compared(one.status, other.status)
  || (FINISHED.has(one.status) ? latestFirst : byUrgency)(one, other));

// Badges say in words what their colour says.
function badge(kind, text) {
  return element("span", { class: `badge ${kind}` }, text);
}

function rankBadges(card) {
  return [
    card.type === "urgent" && badge("urgent", labelOf("type", "urgent")),
    card.priority && badge(`priority-${card.priority}`, labelOf("priority", card.priority)),
  ].filter(Boolean);
}

function stateBadges(card) {
  const marked = card.mark && isOpen(card) && !(card.status === "blocked" && card.mark === "blocked");
  return [
    marked && badge(`mark-${card.mark}`, labelOf("mark", card.mark)),
    card.errors > 0 && badge("error", say("errors", { count: card.errors })),
  ].filter(Boolean);
}

function dueLine(card) {
  if (FINISHED.has(card.status)) return card.closed ? say("closed-on", { day: card.closed }) : "";
  if (!card.due) return "";
  return [
    element("span", {}, card.deadline, " ", element("span", { class: "day" }, card.due)),
    element("strong", { class: card.overdue ? "late" : card.soon ? "soon" : "calm" }, card.flag),
  ];
}

function cameFrom(card) {
  return say("from", { status: labelOf("status", card.from) });
}

function makeCard(card) {
  const several = data.registers.length > 1;
  const where = [card.charge || say("nobody"), card.department, several && card.register].filter(Boolean);
  const state = card.overdue ? "is-late" : card.soon ? "is-soon" : "";
  const line = (kind, ...content) => element("span", { class: kind }, content);
  const badges = stateBadges(card);
  return element("a", { class: `card ${state}`, "data-id": card.id, tabindex: "-1" },
    line("card-head", line("number", card.number), rankBadges(card)),
    line("card-title", card.title || say("untitled")),
    line("who", [...new Set(where)].join(" · ")),
    card.from ? line("was", cameFrom(card)) : null,
    line("due", dueLine(card)),
    badges.length ? line("badges", badges) : null);
}

function cardElement(card) {
  if (!made.has(card.id)) made.set(card.id, makeCard(card));
  const link = made.get(card.id);
  link.setAttribute("href", addressOf(card.id));
  return link;
}

function showMore(status, list) {
  const before = list.querySelectorAll(".card").length;
  limits.set(status, limitOf(status) + MORE);
  showBoard(chosen());
  const all = byId(`list-${status || "unclear"}`).querySelectorAll(".card");
  (all[before] ?? all[all.length - 1])?.focus();
}

function limitOf(status) {
  return limits.get(status) ?? FIRST_SHOWN[status] ?? USUALLY_SHOWN;
}

function listOf(status, held) {
  const name = status || "unclear";
  const list = element("ul", { class: "cards", id: `list-${name}`, "aria-labelledby": `name-${name}` });
  const shown = held.slice(0, limitOf(status));
  list.append(...shown.map((card) => element("li", {}, cardElement(card))));
  list.querySelectorAll(".card").forEach((link, n) => link.setAttribute("tabindex", n === 0 ? "0" : "-1"));
  const rest = held.length - shown.length;
  if (rest > 0) list.append(element("li", {}, element("button",
    { type: "button", class: "more", "aria-describedby": `name-${name}`, click: () => showMore(status, list) },
    say("more", { count: rest }))));
  return list;
}

function headOf(status, count, id) {
  return element("div", { class: "column-head" },
    element("h2", { id }, labelOf("status", status)), element("span", { class: "how-many" }, String(count)));
}

function columnOf(status, held) {
  const name = status || "unclear";
  return element("section", { class: "column", "data-status": name, "aria-labelledby": `name-${name}` },
    headOf(status, held.length, `name-${name}`),
    held.length ? listOf(status, held) : element("p", { class: "nothing" }, say("nothing")));
}

// What is blocked or unclear wants looking at: it lies across the steps.
function laneOf(status, held) {
  const lane = columnOf(status, held);
  lane.classList.add("lane");
  if (!status) lane.style.flex = `0 1 ${held.length * LANE_CARD_WIDE}px`;
  return lane;
}

function showBoard(shown) {
  const groups = new Map();
  for (const card of shown) {
    if (!groups.has(card.status)) groups.set(card.status, []);
    groups.get(card.status).push(card);
  }
  const of = (status) => groups.get(status) ?? [];
  const columns = data.columns.map((status) => columnOf(status, of(status)));
  const ended = element("div", { class: "ended" }, columns.splice(-2));
  const across = ["", "blocked"].filter((status) => groups.has(status));
  byId("lanes").replaceChildren(...across.map((status) => laneOf(status, of(status))));
  byId("columns").replaceChildren(...columns, ended);
  byId("empty").hidden = shown.length > 0;
  byId("empty").textContent = say(cards.length ? "no-match" : "no-records");
  byId("columns").hidden = shown.length === 0;
}
