// A search in two pictures. What is pointed at in one is lit up in the other too; a click opens that run.

const LOSS_SPAN = 1e4; // losses lower than the highest by more are all as good

function parseHunt(bytes) {
  const hunt = parsePacked(bytes);
  if (hunt.version !== 1) throw new Error(`The search reads version 1 of its data, not ${hunt.version}.`);
  const known = [...hunt.arrays.loss].filter((value) => value > 0 && Number.isFinite(value));
  const high = known.length ? Math.max(...known) : 1;
  const low = known.length ? Math.max(Math.min(...known), high / LOSS_SPAN) : 0.1;
  hunt.losses = { low, high };
  hunt.order = [...hunt.arrays.order];
  return hunt;
}

/** What a trial is and how it did, in lines. */
function tellTrial(hunt, trial) {
  const { done, solved, diverged, low, high, loss, spread, accuracy, trained } = hunt.arrays;
  const values = hunt.axes.map(({ title }, i) => `${title} ${hunt.texts[trial][i]}`).join(", ");
  if (!done[trial]) return `${values}\nnot yet trained`;
  const lines = [values];
  const many = hunt.seeds > 1;
  if ("solved" in hunt.measures) {
    const [from, to] = [low[trial], high[trial]].map((value) => Math.round(100 * value));
    lines.push(`${solved[trial]} of ${done[trial]} seeds solve it (${from} to ${to} %, 95 % sure)`);
  } else lines.push(`${formatPercent(accuracy[trial])} of the validation pictures are right`);
  const about = many && Number.isFinite(spread[trial]) ? ` ± ${formatNumber(spread[trial], 2)}` : "";
  if (Number.isFinite(loss[trial])) lines.push(`validation loss ${formatNumber(loss[trial])}${about}`);
  if (diverged[trial]) lines.push(`${diverged[trial]} of ${done[trial]} diverged`);
  if (trained[trial] < hunt.epochs) lines.push(`stopped after epoch ${formatCount(trained[trial])}`);
  return lines.join("\n");
}

function createSearch(root, carrier) {
  const parts = partsOf(root);
  const heat = createHeat(parts.heat);
  const lines = createLines(parts.lines);
  let hunt, bytes, palette, measure;
  let wishes = 0;
  let pointed = null;
  let brushing = null;
  let moved = false; // since the pointer went down

  function show(newBytes) {
    const newPalette = readPalette(root);
    const same = bytes && sameNumbers(bytes, newBytes) && JSON.stringify(newPalette) === JSON.stringify(palette);
    if (same) return;
    [bytes, palette] = [newBytes, newPalette];
    hunt = parseHunt(bytes);
    if (!(measure in hunt.measures)) measure = Object.keys(hunt.measures)[0];
    pointed = null;
    write();
    paint();
  }

  function write() {
    const buttons = Object.entries(hunt.measures).map(([name, title]) => {
      const button = make("button", { type: "button" }, title);
      setPressed(button, name === measure);
      button.addEventListener("click", () => {
        measure = name;
        write();
        paint();
      });
      return button;
    });
    parts.measures.replaceChildren(...buttons);
    const { low, high } = hunt.losses;
    const ends = measure === "loss" ? [formatNumber(high, 2), formatNumber(low, 2)] : ["0 %", "100 %"];
    setText(parts.worst, ends[0]);
    setText(parts.best, ends[1]);
    hunt.measureTicks = [[0, ends[0]], [1, ends[1]]];
    hunt.shortMeasure = { solved: "Solved", loss: "Loss", accuracy: "Accuracy" }[measure];
    parts.lost.hidden = !hunt.arrays.diverged.some((count) => count > 0);
    const done = hunt.arrays.done.reduce((sum, count) => sum + Number(count > 0), 0);
    const label = `${formatCount(done)} of ${formatCount(hunt.texts.length)} trials`;
    const best = hunt.best === null ? "" : `; the best so far: ${tellTrial(hunt, hunt.best).replaceAll("\n", ", ")}`;
    for (const canvas of [parts.heat, parts.lines]) canvas.setAttribute("aria-label", label + best);
  }

  function paint() {
    lines.load(hunt, palette, measure);
    heat.load(hunt, palette, measure, lines.isKept);
    point(pointed);
  }

  /** Light a trial up in both pictures, and say what it is beside the pointer. */
  function point(trial, where = null, x = 0, y = 0) {
    pointed = trial;
    heat.point(trial);
    lines.point(trial);
    for (const name of ["heat", "lines"]) {
      const text = trial !== null && where === name ? tellTrial(hunt, trial) : null;
      showReadout(parts[`${name}-readout`], text, x, y);
    }
  }

  function open(trial) {
    carrier.send({ n: ++wishes, trial });
    setText(parts.said, "The run is opened.");
  }

  for (const [name, picture] of [["heat", heat], ["lines", lines]]) {
    const canvas = parts[name];
    canvas.addEventListener("pointermove", (event) => {
      if (brushing) return;
      const [x, y] = pointerIn(canvas, event);
      point(picture.at(x, y), name, x, y);
    });
    canvas.addEventListener("pointerleave", () => brushing || point(null));
    canvas.addEventListener("click", (event) => {
      const [x, y] = pointerIn(canvas, event);
      const trial = picture.at(x, y);
      const seen = event.pointerType !== "touch" || trial === pointed; // a first touch only shows what it is
      if (trial !== null && !moved && seen) open(trial);
      else point(trial, name, x, y);
    });
  }

  parts.lines.addEventListener("pointerdown", (event) => {
    const axis = lines.axisAt(...pointerIn(parts.lines, event));
    moved = false;
    if (!axis) return;
    brushing = axis;
    parts.lines.setPointerCapture(event.pointerId);
  });
  parts.lines.addEventListener("pointermove", (event) => {
    if (!brushing) return;
    const [, y] = pointerIn(parts.lines, event);
    const to = lines.heightOf(y);
    if (Math.abs(to - brushing.place) > 0.02) moved = true;
    if (!moved) return;
    lines.brush(brushing.which, brushing.place, to);
    paint();
  });
  parts.lines.addEventListener("pointerup", () => {
    if (brushing && !moved) {
      lines.brush(brushing.which, 0, 0);
      paint();
      moved = true; // a click on an axis takes its brush away, and opens nothing
    }
    brushing = null;
  });

  parts.heat.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && pointed !== null) open(pointed);
    const step = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
    if (!step) return;
    event.preventDefault();
    event.stopPropagation();
    const next = pointed === null ? (hunt.best ?? hunt.order[0]) : neighbour(pointed, step);
    point(next, "heat", ...(heat.centre(next) ?? []));
    setText(parts.said, tellTrial(hunt, next));
  });
  parts.heat.addEventListener("blur", () => point(null));

  /** The nearest trial in one direction on the plane, or the same where there is none. */
  function neighbour(from, [dx, dy]) {
    const [x, y] = heat.centre(from);
    let [best, least] = [from, Infinity];
    for (const trial of hunt.order) {
      const place = heat.centre(trial);
      const [right, up] = [place[0] - x, y - place[1]];
      const [ahead, aside] = dx ? [right * dx, Math.abs(up)] : [up * dy, Math.abs(right)];
      if (ahead > 1 && ahead + 3 * aside < least) [best, least] = [trial, ahead + 3 * aside];
    }
    return best;
  }

  new ResizeObserver(() => hunt && paint()).observe(root);

  return { show };
}

export default mountOnce(".nn-search", "wish", createSearch);
