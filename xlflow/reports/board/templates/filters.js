// What is asked for: it stands in the address, so that a view can be passed on, and nowhere else.

const BLANK = "-";
const CHOICES = ["register", "department", "person", "type", "priority"];
const ASKED = ["q", ...CHOICES, "state", "view"];

const FIGURES = {
  open: isOpen,
  overdue: (card) => card.overdue === true,
  soon: (card) => card.soon === true,
  blocked: (card) => card.status === "blocked",
  faulty: (card) => card.errors > 0,
};

let asked = {};

function readAddress() {
  const held = new URLSearchParams(location.hash.slice(1));
  asked = {};
  for (const name of ASKED) if (held.get(name)) asked[name] = held.get(name);
  if (asked.state && !(asked.state in FIGURES)) delete asked.state;
  return held.get("record");
}

function addressOf(record = "") {
  const held = new URLSearchParams();
  for (const name of ASKED) if (asked[name]) held.set(name, asked[name]);
  if (record) held.set("record", record);
  return `#${held}`;
}

function ask(changes) {
  asked = { ...asked, ...changes };
  history.replaceState(null, "", addressOf());
  showAll();
}

const TESTS = {
  q: (wanted) => {
    const parts = fold(wanted).split(" ").filter(Boolean);
    return (card) => parts.every((part) => foldedCard(card).includes(part) || card.foldedPage?.includes(part));
  },
  register: (wanted) => (card) => card.register === wanted,
  department: (wanted) => (card) => (card.department || BLANK) === wanted,
  person: (wanted) => (card) => card.people.includes(wanted),
  type: (wanted) => (card) => (card.type || BLANK) === wanted,
  priority: (wanted) => (card) => (card.priority || BLANK) === wanted,
  state: (wanted) => FIGURES[wanted],
};

// Whether a record answers to these questions, as far as they are asked.
function testOf(names) {
  const tests = names.filter((name) => asked[name]).map((name) => TESTS[name](asked[name]));
  return (card) => tests.every((test) => test(card));
}

// The records that are asked for; `without` leaves one of the questions aside.
function chosen(without = "") {
  return inOrder.filter(testOf(Object.keys(TESTS).filter((name) => name !== without)));
}

function isNarrowed() {
  return Object.keys(TESTS).some((name) => asked[name]);
}

function optionsOf(name) {
  const values = new Set();
  for (const card of cards) {
    if (name === "person") card.people.forEach((person) => values.add(person));
    else values.add(card[name] || BLANK);
  }
  if (name === "type" || name === "priority") {
    const listed = Object.keys(data.labels[name]).filter((code) => values.has(code));
    return [...listed, ...(values.has(BLANK) ? [BLANK] : [])].map((code) => [code, labelOf(name, code)]);
  }
  const order = new Intl.Collator(data.language, { numeric: true });
  const blank = values.delete(BLANK);
  const options = [...values].sort(order.compare).map((value) => [value, value]);
  return blank ? [...options, [BLANK, say("unclear.department")]] : options;
}

function makeChoices() {
  for (const name of CHOICES) {
    if (name === "register" && data.registers.length < 2) continue;
    const options = [["", say("any")], ...optionsOf(name)];
    const select = element("select", { id: name, name, change: (event) => ask({ [name]: event.target.value }) },
      options.map(([value, label]) => element("option", { value }, label)));
    byId("choices").append(element("label", {}, element("span", { class: "label" }, say(`filter.${name}`)), select));
  }
}

// A passed-on address may ask for somebody who is not here any more: that is said, not hidden.
function showChoices() {
  for (const name of CHOICES) {
    const select = byId(name);
    if (!select) continue;
    const wanted = asked[name] ?? "";
    if (![...select.options].some((option) => option.value === wanted))
      select.append(element("option", { value: wanted }, wanted));
    select.value = wanted;
  }
  if (byId("q").value !== (asked.q ?? "")) byId("q").value = asked.q ?? "";
}

function showFigures() {
  const others = chosen("state");
  const made = Object.entries(FIGURES).map(([name, test]) => {
    const count = others.filter(test).length;
    const pressed = asked.state === name;
    const alarming = count > 0 && (name === "overdue" || name === "faulty");
    return element("button", {
      type: "button", class: `figure${alarming ? " alarming" : ""}`, "aria-pressed": String(pressed),
      "data-figure": name, click: () => ask({ state: pressed ? "" : name }),
    }, element("b", {}, String(count)), element("span", {}, say(`figure.${name}`)));
  });
  const focused = document.activeElement?.dataset?.figure;
  byId("figures").replaceChildren(...made);
  if (focused) byId("figures").querySelector(`[data-figure="${focused}"]`).focus();
}

// Paper has no filters to look at: it says what was asked for.
function whatIsAsked() {
  const chosen = CHOICES.filter((name) => asked[name]).map((name) => {
    const select = byId(name);
    return `${say(`filter.${name}`)}: ${select ? select.selectedOptions[0].textContent : asked[name]}`;
  });
  if (asked.state) chosen.unshift(say(`figure.${asked.state}`));
  if (asked.q) chosen.unshift(`“${asked.q}”`);
  return chosen.join(" · ");
}

function showCount(shown) {
  const values = { shown: shown.length, all: cards.length };
  byId("count").textContent = say(isNarrowed() ? "count-of" : "count", values);
  byId("said").textContent = whatIsAsked();
  byId("clear").hidden = !isNarrowed();
  byId("unfold").classList.toggle("is-used", CHOICES.some((name) => asked[name]));
}
