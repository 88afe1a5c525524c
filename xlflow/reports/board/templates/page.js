// The page comes to life: show what the address asks for, then listen.

const HOURS_FRESH = 30;
const HOUR = 3_600_000;

function showAll() {
  const shown = chosen();
  const charts = asked.view === "charts";
  byId("board").hidden = charts;
  byId("charts").hidden = !charts;
  for (const [name, selected] of [["board", !charts], ["charts", charts]]) {
    byId(`tab-${name}`).setAttribute("aria-selected", String(selected));
    byId(`tab-${name}`).setAttribute("tabindex", selected ? "0" : "-1");
  }
  showChoices();
  showFigures();
  showCount(shown);
  if (charts) showCharts(shown);
  else showBoard(shown);
}

function showAddress() {
  const record = readAddress();
  showAll();
  byId("gone").hidden = true;
  if (record) showRecord(record);
  else closeSheet();
}

function showAgeOfPage() {
  const hours = (Date.now() - Date.parse(data.at)) / HOUR;
  if (hours < HOURS_FRESH) return;
  byId("stale").textContent = say("stale", { count: Math.floor(hours / 24) });
  byId("stale").hidden = false;
}

function watchTheme() {
  const button = byId("theme");
  const system = matchMedia("(prefers-color-scheme: dark)");
  const isDark = () => (document.documentElement.dataset.theme ?? (system.matches ? "dark" : "light")) === "dark";
  const tell = () => button.setAttribute("aria-pressed", String(isDark()));
  button.addEventListener("click", () => {
    document.documentElement.dataset.theme = isDark() ? "light" : "dark";
    tell();
  });
  system.addEventListener("change", tell);
  tell();
}

function watchPage() {
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("q").addEventListener("input", (event) => ask({ q: event.target.value.trimStart() }));
  byId("clear").addEventListener("click", () => {
    ask(Object.fromEntries(Object.keys(TESTS).map((name) => [name, ""])));
    byId("q").focus();
  });
  byId("unfold").addEventListener("click", (event) => {
    const open = byId("filters").classList.toggle("is-open");
    event.currentTarget.setAttribute("aria-expanded", String(open));
  });
  byId("skip").addEventListener("click", (event) => {
    event.preventDefault();
    byId("main").focus();
  });
  for (const view of ["board", "charts"]) {
    byId(`tab-${view}`).addEventListener("click", () => ask({ view: view === "charts" ? view : "" }));
    byId(`tab-${view}`).addEventListener("keydown", onTabKey);
  }
  byId("board").addEventListener("keydown", onBoardKey);
  byId("board").addEventListener("focusin", onBoardFocus);
  byId("board").addEventListener("click", onBoardClick);
  document.addEventListener("keydown", onPageKey);
  window.addEventListener("popstate", showAddress);
  window.addEventListener("resize", () => {
    if (asked.view === "charts") requestAnimationFrame(() => showCharts(chosen()));
  });
}

makeChoices();
watchPage();
watchRecord();
watchTheme();
showAgeOfPage();
showAddress();
indexOnceWanted(() => {
  if (asked.q) showAll();
});
