// Many seeds of one run. What is pointed at is lit up in three places: its line, its mark, its map. A click opens it.

const FIRST_MAPS = 12; // of a group, before all of it is asked for
const SEED_MAP = { most: 40, work: 30_000 };

function parseCrowd(bytes) {
  const crowd = parsePacked(bytes);
  if (crowd.version !== 2) throw new Error(`The seeds read version 2 of their data, not ${crowd.version}.`);
  const { fate, final, curve_of, map_of } = crowd.arrays;
  crowd.curveOf = [...curve_of];
  crowd.mapOf = [...map_of];
  const worth = (member) => (Number.isFinite(final[member]) ? final[member] : Infinity);
  const ended = crowd.seeds.map((_, member) => member).filter((member) => fate[member] >= 0);
  crowd.order = ended.sort((a, b) => worth(a) - worth(b) || a - b);
  return crowd;
}

/** At most so many of a list, evenly, the first and the last among them. */
function someOf(list, most) {
  if (list.length <= most) return list;
  return Array.from({ length: most }, (_, i) => list[Math.round((i * (list.length - 1)) / (most - 1))]);
}

/** The name of a fate's colour in the style sheet. */
const fateColour = ({ kind }) => `--fate-${kind}`;

/** The mark of a fate, in the colour of the text around it. */
function fateMark({ kind }) {
  const picture = make("svg", { viewBox: "-1.4 -1.4 2.8 2.8", "aria-hidden": "true" });
  picture.append(make("path", { d: FATE_MARKS[kind] }));
  return picture;
}

/** What the whole of it says: the share that solves it, and between which shares it lies. */
function headline({ solved, of, done, running, regression }) {
  if (!solved) return { share: "", words: running ? `${formatCount(of)} seeds are being trained …` : "", interval: "" };
  const [count, among, low, high] = solved;
  const verb = `${count === 1 ? "reaches" : "reach"} R² 0.99`;
  const words = `of ${formatCount(among)} seeds ${regression ? verb : count === 1 ? "solves it" : "solve it"}`;
  const [from, to] = [low, high].map((value) => formatPercent(value).replace(" %", ""));
  const still = done < of ? ` ${formatCount(of - done)} are still training.` : "";
  const interval = `${formatPercent(count / among)}; of all seeds between ${from} and ${to} %, 95 % sure.${still}`;
  return { share: formatCount(count), words, interval };
}

function createSeeds(root, carrier) {
  const parts = partsOf(root);
  const fan = createFan(parts.fan);
  const opened = new Set(); // titles of the groups of which all maps are shown
  let crowd, bytes, palette, paintMap;
  let wishes = 0;
  let pointed = null;
  let buttons = new Map(); // by member
  const sight = new IntersectionObserver(paintSeen, { rootMargin: "100px" });

  function show(newBytes) {
    if (!newBytes.length) return; // nobody has asked yet
    const newPalette = readPalette(root);
    const same = bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette);
    if (same) return;
    const before = crowd?.asked;
    [bytes, palette] = [newBytes, newPalette];
    crowd = parseCrowd(bytes);
    paintMap = makeMapPainter(crowd, palette, SEED_MAP, crowd.scale);
    pointed = null;
    write();
    paint();
    arrange();
    if (crowd.asked && before !== crowd.asked) root.scrollIntoView({ block: "start", behavior: "smooth" });
  }

  function write() {
    const { share, words, interval } = headline(crowd);
    setText(parts.share, share);
    setText(parts.words, words);
    setText(parts.interval, interval);
    setText(parts.title, `${crowd.loss[0].toUpperCase()}${crowd.loss.slice(1)} by epoch, and at the end`);
    writeStack();
    writeLegend();
    const told = crowd.fates.map(({ title }, k) => `${membersOf(k).length} ${title}`);
    parts.fan.setAttribute("aria-label", `Losses of ${crowd.of} seeds: ${told.join("; ")}`);
    parts.stack.setAttribute("aria-label", told.join("; "));
  }

  const fateOf = (member) => crowd.arrays.fate[member];
  const membersOf = (k) => crowd.order.filter((member) => fateOf(member) === k);

  function writeStack() {
    const pieces = crowd.fates.map((fate, k) => {
      const count = membersOf(k).length;
      const style = `flex: ${count} 0 0; --fate: var(${fateColour(fate)})`;
      return make("i", { style, title: `${formatCount(count)} ${fate.title}` }, fateMark(fate));
    });
    const missing = crowd.of - crowd.done;
    if (missing) pieces.push(make("i", { style: `flex: ${missing} 0 0; --fate: transparent` }));
    if (crowd.solved) {
      const [, among, low, high] = crowd.solved;
      const scale = (100 * among) / crowd.of;
      const style = `left: ${low * scale}%; width: ${(high - low) * scale}%`;
      pieces.push(make("span", { class: "between", style, title: "Where the share of all seeds lies, 95 % sure" }));
    }
    parts.stack.replaceChildren(...pieces);
  }

  /** What the colours and marks mean, in words. */
  function writeLegend() {
    parts.legend.replaceChildren(...crowd.fates.map((fate, k) => {
      const style = `--fate: var(${fateColour(fate)})`;
      return make("li", { style }, fateMark(fate), `${fate.title} (${formatCount(membersOf(k).length)})`);
    }));
  }

  function paint() {
    const style = getComputedStyle(root);
    fan.load(crowd, palette, crowd.fates.map((fate) => style.getPropertyValue(fateColour(fate)).trim()));
    fan.point(pointed);
  }

  /** A group for each fate, with its maps; those of the groups that stay are not made again. */
  function arrange() {
    const focused = root.getRootNode().activeElement?.dataset?.member;
    sight.disconnect();
    buttons = new Map();
    parts.groups.replaceChildren(...crowd.fates.map(makeGroup));
    if (focused !== undefined) buttons.get(Number(focused))?.focus({ preventScroll: true });
  }

  function makeGroup(fate, k) {
    const { title } = fate;
    const node = parts.group.content.firstElementChild.cloneNode(true);
    const { name, count, maps, all } = partsOf(node);
    const members = membersOf(k);
    const mapped = members.filter((member) => crowd.mapOf.includes(member));
    const shown = opened.has(title) ? mapped : someOf(mapped, FIRST_MAPS);
    node.style.setProperty("--fate", `var(${fateColour(fate)})`);
    name.before(fateMark(fate));
    setText(name, title);
    setText(count, `${formatCount(members.length)} of ${formatCount(crowd.done)}${lossText(members)}`);
    maps.prepend(...shown.map(makeMap));
    all.hidden = mapped.length <= FIRST_MAPS;
    setText(all, opened.has(title) ? "Fewer" : `All ${formatCount(mapped.length)}`);
    all.addEventListener("click", () => {
      if (!opened.delete(title)) opened.add(title);
      arrange();
    });
    return node;
  }

  function lossText(members) {
    const values = members.map((member) => crowd.arrays.final[member]).filter(Number.isFinite);
    if (!values.length) return "";
    return `, final loss ${formatNumber(values[Math.floor(values.length / 2)])} in the middle`;
  }

  function makeMap(member) {
    const seed = crowd.seeds[member];
    const canvas = make("canvas", { "aria-hidden": "true" });
    const button = make("button", { type: "button", "data-member": member, "aria-label": describe(member) },
      canvas, String(seed));
    setPressed(button, seed === crowd.shown);
    button.addEventListener("click", () => open(member));
    for (const type of ["pointerenter", "focus"]) button.addEventListener(type, () => point(member));
    for (const type of ["pointerleave", "blur"]) button.addEventListener(type, () => point(null));
    sight.observe(canvas);
    buttons.set(member, button);
    return button;
  }

  /** Maps are painted when they come into sight. */
  function paintSeen(entries) {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      const row = crowd.mapOf.indexOf(Number(target.parentElement.dataset.member));
      const n = crowd.arrays.parameters.length / crowd.mapOf.length;
      const parameters = Float64Array.from(crowd.arrays.parameters.subarray(row * n, (row + 1) * n));
      paintMap(target, parameters, target.clientWidth);
    }
  }

  function describe(member) {
    const { title } = crowd.fates[fateOf(member)];
    return `Seed ${crowd.seeds[member]}: ${title}, loss ${formatNumber(crowd.arrays.final[member])}`;
  }

  function point(member, x, y) {
    pointed = member;
    for (const [each, button] of buttons) button.classList.toggle("pointed", each === member);
    fan.point(member);
    const place = member === null ? null : fan.placeOf(member);
    showReadout(parts.readout, place ? describe(member) : null, x ?? place?.x, y ?? place?.y);
  }

  function open(member) {
    carrier.send({ n: ++wishes, seed: crowd.seeds[member] });
    setText(parts.said, `Seed ${crowd.seeds[member]} is opened above.`);
  }

  parts.fan.addEventListener("pointermove", (event) => {
    const [x, y] = pointerIn(parts.fan, event);
    point(fan.at(x, y), x, y);
  });
  parts.fan.addEventListener("pointerleave", () => point(null));
  parts.fan.addEventListener("blur", () => point(null));
  parts.fan.addEventListener("click", (event) => {
    const member = fan.at(...pointerIn(parts.fan, event));
    if (member !== null) open(member);
  });
  parts.fan.addEventListener("keydown", (event) => {
    const step = { ArrowUp: 1, ArrowRight: 1, ArrowDown: -1, ArrowLeft: -1 }[event.key];
    if (event.key === "Enter" && pointed !== null) open(pointed);
    if (!step || !crowd.order.length) return;
    event.preventDefault();
    event.stopPropagation();
    const from = pointed === null ? (step > 0 ? -1 : crowd.order.length) : crowd.order.indexOf(pointed);
    point(crowd.order[Math.min(Math.max(from + step, 0), crowd.order.length - 1)]);
    setText(parts.said, describe(pointed));
  });
  new ResizeObserver(() => crowd && paint()).observe(parts.fan);

  return { show };
}

export default mountOnce(".nn-seeds", "wish", createSeeds);
