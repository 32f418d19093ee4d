// The panel beside the map: one look inside the network at a time, by tabs. A view is made when its tab is first
// opened, and told of a new run, size or colours only when it is about to be painted.

const VIEWS_INSIDE = { network: createNetwork, hidden: createHidden, surface: createSurface };

/**
 * @param {Object<string, HTMLElement>} parts of the stage: a tab "tab-name" and a container for each view
 * @param {Actions} actions
 * @param {AbortSignal} signal takes the listeners away
 */
function createPanel(parts, actions, signal) {
  const names = Object.keys(VIEWS_INSIDE);
  const views = {};
  let stale = new Set();
  let opened;

  function open(name) {
    opened = name;
    for (const other of names) {
      parts[`tab-${other}`].setAttribute("aria-selected", other === name);
      parts[`tab-${other}`].tabIndex = other === name ? 0 : -1;
      parts[other].hidden = other !== name;
    }
    stale.add(name); // the room may have changed while it was closed
    actions.focus(null);
  }

  /** Arrow keys move between the tabs, as everywhere. */
  function onKey(event) {
    const at = names.indexOf(opened);
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: names.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    open(names.at(to % names.length));
    parts[`tab-${opened}`].focus();
  }

  for (const name of names) {
    parts[`tab-${name}`].addEventListener("click", () => open(name), { signal });
    parts[`tab-${name}`].addEventListener("keydown", onKey, { signal });
  }
  open(names[0]);

  return {
    /** Something has changed that does not depend on the epoch. */
    outdate: () => (stale = new Set(names)),
    paint(shown, palette) {
      const view = (views[opened] ??= VIEWS_INSIDE[opened](parts[opened], actions));
      if (stale.delete(opened)) view.load(shown.run, palette);
      view.paint(shown);
    },
    close: () => Object.values(views).forEach((view) => view.close?.()),
  };
}
