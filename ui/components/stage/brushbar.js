// What a brush can do, and the bar of buttons below the map that chooses among it. It decides nothing.

/** What a stroke does. `radius` in pixels: how far it reaches; `apart`: how far a drag goes before it acts again. */
const BRUSHES = {
  point: { title: "Point", help: "Paints one point; while dragging, a line of them", radius: 7, apart: 13 },
  spray: { title: "Spray", help: "Paints several points around the pointer", radius: 28, apart: 16 },
  erase: { title: "Erase", help: "Takes away your points under the pointer", radius: 15, apart: 0 },
  move: { title: "Move", help: "Takes one of your points where you drag it", radius: 18, apart: 0 },
};
const PENCIL = "M2 14l1-4L11 2l3 3-8 8zM10 3l3 3";

function makeButton(text, title, action) {
  const button = make("button", { type: "button", title }, text);
  button.addEventListener("click", action);
  return button;
}

/**
 * The bar's elements; buttons of which one is pressed as maps from their values.
 * @param {{choose: function(object), undo: function, clear: function, leave: function, toggle: function,
 *   wish: function(object)}} on what its buttons do
 */
function makeBrushBar(on) {
  const row = (...nodes) => make("div", { class: "row" }, ...nodes);
  const group = (label, buttons) =>
    make("div", { class: "switch", role: "group", "aria-label": label }, ...buttons.values());
  const uses = new Map([
    [0, makeButton("train", "The network learns from these points", () => on.choose({ isTest: 0 }))],
    [1, makeButton("test", "The network never learns from these points", () => on.choose({ isTest: 1 }))],
  ]);
  const brushes = new Map();
  for (const [name, { title, help }] of Object.entries(BRUSHES)) {
    brushes.set(name, makeButton(title, help, () => on.choose({ brush: name })));
  }
  const slider = make("input", { type: "range", min: -1, max: 1, step: 0.05, value: 0.5 });
  slider.addEventListener("input", () => on.choose({ target: Number(slider.value) }));
  const number = make("output");
  const made = {
    uses, brushes, number,
    classes: new Map(),
    palette: make("div", { class: "classes", role: "group", "aria-label": "Class of new points" }),
    value: make("label", { class: "value" }, "Value", slider, number),
    undo: makeButton("Undo", "Takes the last stroke back (Ctrl+Z)", on.undo),
    only: makeButton("Only my points", "Trains on your points alone, without those of the data set",
      () => on.wish({ do: "only_own" })),
    take: makeButton("Take these points", "Makes the points on the plane yours, to be moved and erased",
      () => on.wish({ do: "take_points" })),
    clear: makeButton("Erase all mine", "Takes away all your points, and trains again", on.clear),
    status: make("p", { role: "status" }),
    opener: makeButton("", "Lets you paint points of your own, and trains on them at once", on.toggle),
  };
  const done = makeButton("Done", "Leaves painting: your points stay (Escape)", on.leave);
  done.classList.add("done");
  made.panel = make("div",
    { class: "brush-panel", role: "group", "aria-label": "Paint points", tabindex: -1, hidden: "" },
    row(made.palette, made.value, group("New points are for", uses)),
    row(group("Brush", brushes), made.undo, done), row(made.only, made.take, made.clear), made.status);
  made.opener.className = "pencil";
  made.opener.setAttribute("aria-expanded", false);
  made.opener.setAttribute("aria-label", "Paint points");
  const pencil = make("svg", { viewBox: "0 0 16 16", "aria-hidden": "true" }, make("path", { d: PENCIL }));
  made.opener.append(pencil, "Paint");
  return made;
}

/** A button for each class that can be painted. */
function offerClasses(ui, run, palette, choose) {
  const { classes } = run.own;
  ui.classes.clear();
  for (let k = 0; k < classes; k++) {
    const help = `Makes the points that you paint next of class ${run.classes[k] ?? k}`;
    const button = makeButton("", help, () => choose({ target: k }));
    button.append(makeMark(classTitle(run, k), [[shapeOf(k), colourOf(palette, k), palette.contrast]]));
    ui.classes.set(k, button);
  }
  ui.palette.hidden = !classes;
  ui.palette.replaceChildren(...ui.classes.values());
}
