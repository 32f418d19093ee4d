// The key of the map: what its colours and marks mean. Two of the marks are buttons that show or hide what they mean.

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
      makeSwitch("tests", makeMark("test", [[TRIANGLES.above, contrast, neutral]]), flip),
    ];
  }
  const split = [
    makeMark("train", [[SHAPES[0], neutral, contrast]]),
    makeSwitch("tests", makeMark("test", [[SHAPES[0], neutral, contrast], [HOLE, contrast, "none"]]), flip),
  ];
  if (run.task === "regression") {
    const values = [-scale, 0, scale].map((value) => formatNumber(toAxis(run.axes[2], value), 2));
    return [makeRamp(values, [below, above], contrast), ...split];
  }
  const classes = run.classes.map((_, k) =>
    makeMark(classTitle(run, k), [[shapeOf(k), colourOf(palette, k), contrast]]));
  const errors = makeSwitch("errors", makeMark("wrong", [[X_MARK, "none", wrong]]), flip);
  return [...makeRamps(run, view, palette), ...classes, ...split, errors];
}

function makeRamps(run, view, { classes, outline, contrast }) {
  if (view === "confidence") return [makeRamp(["undecided", "sure"], [outline], contrast)];
  if (view === "classes" || run.task === "multiclass") return [];
  return [makeRamp(["0", `probability of ${classTitle(run, 1)}`, "1"], classes.slice(0, 2), contrast)];
}

/** A ramp from white to one colour, or by way of white from one to another. */
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

/** A mark that shows or hides its like: "tests" or "errors". */
function makeSwitch(name, mark, flip) {
  const title = { tests: "Show or hide the points for testing", errors: "Show or hide the crosses over wrong answers" };
  const button = make("button", { type: "button", "data-switch": name, title: title[name] }, mark);
  button.addEventListener("click", () => flip(name));
  return button;
}
