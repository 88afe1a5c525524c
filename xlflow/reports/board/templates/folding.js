// Folding as xlflow folds: one width, one case, simplified characters, one term for each thing.

const INVISIBLE = /[\u200b-\u200d\u2060\ufeff]+/g;
const letters = new Map([...data.letters[0]].map((letter, n) => [letter, [...data.letters[1]][n]]));
const terms = new Map(data.terms);
const TERM = new RegExp([...terms.keys()].join("|") || "(?!)", "g");
const CHINESE = /[^\u0000-\u007f]/;

function fold(text) {
  let folded = text.replace(INVISIBLE, "").normalize("NFKC").toUpperCase().toLowerCase();
  folded = folded.replace(/\s+/g, " ").trim();
  if (!CHINESE.test(folded)) return folded;
  folded = folded.replaceAll("ς", "σ");
  return Array.from(folded, (letter) => letters.get(letter) ?? letter)
    .join("")
    .replace(TERM, (term) => terms.get(term));
}

function foldedCard(card) {
  card.folded ??= fold(
    [card.number, card.title, card.department, ...card.people, card.charge, card.step, statusOf(card),
      labelOf("type", card.type), labelOf("priority", card.priority), card.deadline ?? ""].join("\n"),
  );
  return card.folded;
}

function textsIn(held) {
  if (typeof held === "string") return [held];
  return held && typeof held === "object" ? Object.values(held).flatMap(textsIn) : [];
}

// All that stands on the records' pages is folded while nobody waits for anything: at first one
// looks around.
const LOOKING_AROUND = 1500;
let indexed = 0;

function indexOnceWanted(whenDone) {
  let isBegun = asked.q !== undefined;
  const begin = () => {
    if (!isBegun) indexInPauses(whenDone);
    isBegun = true;
  };
  if (isBegun) return indexInPauses(whenDone);
  byId("q").addEventListener("focus", begin);
  return setTimeout(begin, LOOKING_AROUND);
}

function indexInPauses(whenDone) {
  const rest = (pause) => {
    do {
      if (indexed === cards.length) return whenDone();
      indexNext(); // one at least: a busy page has no time remaining
    } while (pause.timeRemaining() > 4);
    return requestPause(rest);
  };
  requestPause(rest);
}

function indexNext() {
  const { fields, lines, findings } = detailsOf(indexed);
  cards[indexed].foldedPage = fold(textsIn([fields, lines, findings]).join("\n"));
  indexed += 1;
}

function requestPause(work) {
  if (window.requestIdleCallback) window.requestIdleCallback(work, { timeout: 1000 });
  else setTimeout(() => {
    const end = performance.now() + 12;
    work({ timeRemaining: () => end - performance.now() });
  }, 20);
}
