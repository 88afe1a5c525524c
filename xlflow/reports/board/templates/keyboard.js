// The board by keyboard: arrows go to the next card in that direction, / searches.

const ARROWS = {
  ArrowLeft: (from, to) => [from.left - to.left, from.top - to.top],
  ArrowRight: (from, to) => [to.left - from.left, from.top - to.top],
  ArrowUp: (from, to) => [from.top - to.top, from.left - to.left],
  ArrowDown: (from, to) => [to.top - from.top, from.left - to.left],
};

function neighbour(link, arrow) {
  const from = link.getBoundingClientRect();
  let best = null;
  let least = Infinity;
  for (const other of byId("board").querySelectorAll(".card")) {
    const [along, across] = ARROWS[arrow](from, other.getBoundingClientRect());
    const far = along + 4 * Math.abs(across);
    if (along > 1 && far < least) [best, least] = [other, far];
  }
  return best;
}

function ends(link, key) {
  const all = link.closest(".cards").querySelectorAll(".card");
  return key === "Home" ? all[0] : all[all.length - 1];
}

function onBoardKey(event) {
  const link = event.target.closest?.(".card");
  if (!link || event.altKey || event.ctrlKey || event.metaKey) return;
  const next = event.key in ARROWS ? neighbour(link, event.key)
    : event.key === "Home" || event.key === "End" ? ends(link, event.key) : null;
  if (event.key in ARROWS || next) event.preventDefault();
  next?.focus();
}

// One card of each column is reached by Tab: the one that was last in focus.
function onBoardFocus(event) {
  const link = event.target.closest?.(".card");
  if (!link) return;
  const before = link.closest(".cards").querySelectorAll(".card[tabindex='0']");
  before.forEach((other) => other.setAttribute("tabindex", "-1"));
  link.setAttribute("tabindex", "0");
}

function onBoardClick(event) {
  const link = event.target.closest?.(".card");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
  event.preventDefault();
  openRecord(link.dataset.id);
}

function onPageKey(event) {
  const typing = event.target.closest?.("input, select, textarea");
  if (event.key === "/" && !typing && !sheet.open && !event.ctrlKey && !event.metaKey && !event.altKey) {
    event.preventDefault();
    byId("q").focus();
    byId("q").select();
  } else if (event.key === "Escape" && event.target === byId("q") && byId("q").value) {
    event.preventDefault();
    ask({ q: "" });
  }
}

// The tabs go by arrows, as tabs do.
function onTabKey(event) {
  const other = { ArrowLeft: "previousElementSibling", ArrowRight: "nextElementSibling" }[event.key];
  const tab = other && event.target[other];
  if (!tab) return;
  event.preventDefault();
  tab.click();
  tab.focus();
}
