// The key of the map: what its colours and marks mean. Two of the marks are on switches that show or hide their like.

const HOLE = "M.5,0A.5,.5,0,1,1,-.5,0A.5,.5,0,1,1,.5,0Z";
const X_MARK = "M-.8,-.8L.8,.8M-.8,.8L.8,-.8";

/**
 * The key of a view of the map.
 * @param {object} run
 * @param {string} view of VIEWS
 * @param {object} palette
 * @param {number} scale the value of the strongest colour, for regression
 * @param {function(string)} flip shows or hides "tests" or "errors"
 * @returns {HTMLElement[]}
 */
function makeKey(run, view, palette, scale, flip) {
  const [below, above] = palette.classes;
  const { neutral, contrast, wrong } = palette;
  if (view === "residuals") {
    return [
      makeMark("answer too high", [[TRIANGLES.above, above, contrast]]),
      makeMark("too low", [[TRIANGLES.below, below, contrast]]),
      makeSwitches(makeSwitch("tests", makeMark("test points", [[TRIANGLES.above, contrast, neutral]]), flip)),
    ];
  }
  const train = makeMark("train", [[SHAPES[0], neutral, contrast]]);
  const hollow = makeMark("test points", [[SHAPES[0], neutral, contrast], [HOLE, contrast, "none"]]);
  const tests = makeSwitch("tests", hollow, flip);
  if (run.task === "regression") {
    const values = [-scale, 0, scale].map((value) => formatNumber(toAxis(run.axes[2], value), 2));
    return [makeRamp(values, [below, above], contrast), train, makeSwitches(tests)];
  }
  const switches = makeSwitches(tests, makeSwitch("errors", makeMark("wrong points", [[X_MARK, "none", wrong]]), flip));
  const classes = run.classes.map((_, k) => makeClassMark(run, k, palette));
  if (run.task === "binary" && view === "probability") return [makeChances(run, classes, palette), train, switches];
  const ramp = view === "confidence" ? [makeRamp(["undecided", "sure"], [palette.outline], contrast)] : [];
  return [...ramp, ...classes, train, switches];
}

const makeClassMark = (run, k, palette) =>
  makeMark(classTitle(run, k), [[shapeOf(k), colourOf(palette, k), palette.contrast]]);

/** The ramp of a probability, from the mark of one class to that of the other. */
const makeChances = (run, [below, above], { classes, contrast }) =>
  makeRamp([below, probabilityOf(run, 1), above], classes.slice(0, 2), contrast);

/** A ramp from white to one colour, or by way of white from one to another. Labels are texts or nodes. */
function makeRamp(labels, colours, white) {
  const stops = colours.map((colour) => `color-mix(in srgb, ${colour} ${100 * FULL_TINT}%, ${white})`);
  stops.splice(-1, 0, white);
  const ramp = make("i", { style: `background: linear-gradient(90deg, ${stops.join(", ")})` });
  return make("span", { class: "ramp" }, ramp, make("span", {}, ...labels.map((label) => make("span", {}, label))));
}

/** A mark as it is drawn on the map, with its name. */
function makeMark(text, paths) {
  const picture = make("svg", { viewBox: "-1.35 -1.35 2.7 2.7", "aria-hidden": "true" });
  for (const [d, fill, stroke] of paths) picture.append(make("path", { d, fill, stroke, "stroke-width": 0.28 }));
  return make("span", { class: "mark" }, picture, make("span", {}, text));
}

const SWITCHES = {
  tests: { label: "show test points", title: "Shows or hides the points for testing, which training never sees" },
  errors: { label: "show wrong points", title: "Shows or hides the crosses over points whose answer is wrong" },
};

/** A switch that shows or hides what has this mark: "tests" or "errors". */
function makeSwitch(name, mark, flip) {
  const { label, title } = SWITCHES[name];
  const button = make("button", { type: "button", "data-switch": name, "aria-label": label, title }, mark);
  button.addEventListener("click", () => flip(name));
  return button;
}

const makeSwitches = (...switches) => make("span", { class: "shows" }, "show", ...switches);
