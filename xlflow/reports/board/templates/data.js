// What the page was given, and its words.

const data = JSON.parse(byId("data").textContent);
const FINISHED = new Set(["closed", "cancelled"]);

// As in the catalogues: {count} is the value, {count:day|days} picks by it.
function say(name, values = {}) {
  return data.words[name].replace(/\{(\w+)(?::([^|}]*)\|([^}]*))?\}/g, (_, key, one, many) =>
    one === undefined ? String(values[key]) : values[key] === 1 ? one : many);
}

function labelOf(kind, code) {
  return data.labels[kind][code] ?? say(`unclear.${kind}`);
}

function isOpen(card) {
  return !FINISHED.has(card.status);
}

function statusOf(card) {
  return labelOf("status", card.status);
}

// The pages of the records come in pieces, each read when it is first needed.
const pieces = [...document.querySelectorAll("script.details")];
const read = new Map();

function detailsOf(position) {
  const piece = Math.floor(position / data.piece);
  if (!read.has(piece)) read.set(piece, JSON.parse(pieces[piece].textContent));
  return read.get(piece)[position % data.piece];
}

const cards = data.cards;
const cardById = new Map();
cards.forEach((card, position) => {
  card.position = position;
  cardById.set(card.id, card);
});
