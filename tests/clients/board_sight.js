// What a person with weak eyes, or none, meets on a page. Evaluated by board_sight.py.
({
  // Text that is drawn, with its colour and the colour behind it. Half-transparent grounds count as
  // not there, so that none may carry text.
  contrasts: () => {
    const channels = (colour) => {
      const found = colour.match(/[\d.]+/g).map(Number);
      return found.length === 3 ? [...found, 1] : found;
    };
    const light = ([r, g, b]) => {
      const part = (value) => {
        const share = value / 255;
        return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
      };
      return 0.2126 * part(r) + 0.7152 * part(g) + 0.0722 * part(b);
    };
    const groundOf = (element) => {
      for (let at = element; at; at = at.parentElement) {
        const ground = channels(getComputedStyle(at).backgroundColor);
        if (ground[3] === 1) return ground;
      }
      return [255, 255, 255, 1];
    };
    const found = [];
    const note = (element, colour, text) => {
      const [one, other] = [light(channels(colour)), light(groundOf(element))];
      const contrast = (Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05);
      found.push([Math.round(contrast * 100) / 100, element.className?.baseVal ?? element.className, text.slice(0, 40)]);
    };
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) {
      const { parentElement: element, nodeValue: text } = walk.currentNode;
      if (!text.trim() || !element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true })) continue;
      if (element.closest("script, style, noscript, option")) continue;
      const style = getComputedStyle(element);
      note(element, element instanceof SVGElement ? style.fill : style.color, text);
    }
    for (const input of document.querySelectorAll("input[placeholder]"))
      if (input.checkVisibility()) note(input, getComputedStyle(input, "::placeholder").color, input.placeholder);
    return found;
  },

  nameless: () => {
    const nameOf = (element) => {
      const by = element.getAttribute("aria-labelledby");
      const named = by && by.split(" ").map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
      const label = element.labels?.length ? [...element.labels].map((one) => one.textContent).join(" ") : "";
      return (named || element.getAttribute("aria-label") || label || element.textContent || "").trim();
    };
    const wanted = "a[href], button, input, select, summary, dialog[open], main section, [role=img], [role=group], [role=tablist], [role=tab]";
    return [...document.querySelectorAll(wanted)]
      .filter((element) => element.checkVisibility())
      .filter((element) => !nameOf(element))
      .map((element) => element.outerHTML.slice(0, 120));
  },

  brokenReferences: () => [...document.querySelectorAll("[aria-labelledby], [aria-controls]")].flatMap((element) =>
    ["aria-labelledby", "aria-controls"]
      .filter((name) => element.hasAttribute(name) && !document.getElementById(element.getAttribute(name)))
      .map((name) => `${element.tagName} ${name}=${element.getAttribute(name)}`)),

  doubledIds: () => {
    const ids = [...document.querySelectorAll("[id]")].map((element) => element.id);
    return ids.filter((id, at) => ids.indexOf(id) !== at);
  },

  spilled: () => [...document.querySelectorAll("body *")]
    .filter((element) => element.checkVisibility() && !element.closest(".table, .skip, .unseen, svg, script"))
    .filter((element) => element.getBoundingClientRect().right > innerWidth + 1)
    .map((element) => element.outerHTML.slice(0, 120)),
})
