// A small form at one parameter of the drawing: type or drag its value, and everything repaints while it changes.

const EDITOR_SPAN = 5; // the slider's reach to either side, wider where the value is
const EDITOR_STEP = 0.05;
const STEP_HELP = "Keeps this value and goes to the neuron's";
const KEYS = "Enter keeps it, Esc takes it back";

/** A typed weight; NaN for what is no number. A minus sign as the stage writes it is understood too. */
const readWeight = (text) => readNumber(text.replace(MINUS, "-"));

function editorButton(label, title, sign, act) {
  const button = make("button", { type: "button", "aria-label": label, title }, sign);
  button.addEventListener("click", act);
  return button;
}

/**
 * The form, inside `host`. Values being tried out go to actions.edit, those that are kept to actions.commit.
 * @param {HTMLElement} host
 * @param {Actions} actions
 * @param {() => void} leave called when the form was closed by its own buttons or keys: the focus goes elsewhere
 */
function createEditor(host, actions, leave) {
  const name = make("b");
  const slope = make("span", { class: "slope" });
  const field = make("input", {
    class: "number", inputmode: "decimal", autocomplete: "off", maxlength: "14", "aria-label": "Value",
  });
  const slider = make("input", { type: "range", step: EDITOR_STEP, "aria-label": "Value, by a slider" });
  const problem = make("output", { class: "problem" });
  const form = make("form", { class: "editor", hidden: "", "aria-label": "Change a weight", novalidate: "" },
    make("div", { class: "row" },
      editorButton("The neuron's weight before", `${STEP_HELP} weight before`, "‹", () => turn(-1)), name,
      editorButton("The neuron's next weight", `${STEP_HELP} next weight`, "›", () => turn(1)),
      editorButton("Close", "Keeps the value and closes this form (Enter)", "×", finish)),
    make("div", { class: "row" }, field, slider),
    make("div", { class: "row hint" }, problem, slope));
  host.append(form);

  let run = null, parameters = null; // as last painted
  let index = null; // of the parameter in hand, null while the form is closed
  let opened = 0; // what it was then
  let tried = null; // its value while that is tried out
  let kept = false; // whether a value has been committed since

  /** Bring the form to a parameter; (x, y) is where it stands in the host. */
  function open(at, x, y) {
    keep();
    take(at);
    form.hidden = false;
    const [widest, lowest] = [host.clientWidth - form.offsetWidth, host.clientHeight - form.offsetHeight];
    const above = y - form.offsetHeight - 16;
    const left = Math.max(0, Math.min(x - form.offsetWidth / 2, widest));
    form.style.transform = `translate(${left}px, ${above >= 0 ? above : Math.max(0, Math.min(y + 16, lowest))}px)`;
    if (window.matchMedia("(pointer: coarse)").matches) return slider.focus(); // no keyboard pops up
    field.focus({ preventScroll: true });
    field.select();
  }

  function take(at) {
    index = at;
    opened = parameters[index];
    kept = false;
    setText(name, parameterName(run, index));
    show(opened);
    actions.repaint();
  }

  /** Write a value into field and slider, which is wide enough for it. */
  function show(value) {
    const reach = Math.min(run.limits.weight, Math.max(EDITOR_SPAN, Math.ceil(Math.abs(value))));
    Object.assign(slider, { min: -reach, max: reach });
    slider.value = value;
    field.value = String(Number(value.toPrecision(4)));
    say(KEYS);
    field.removeAttribute("aria-invalid");
  }

  function say(text) {
    setText(problem, text);
  }

  function attempt(value) {
    tried = value;
    actions.edit(index, value);
  }

  /** What is being tried out becomes part of the run. */
  function keep() {
    if (tried === null) return;
    actions.commit([[index, tried]]);
    tried = null;
    kept = true;
  }

  function forget() {
    tried = null;
    actions.edit(index, null);
  }

  function restore() {
    if (kept) actions.commit([[index, opened]]);
    else forget();
    tried = null;
  }

  /** The next parameter of the same neuron, or the one before: they go round. */
  function turn(by) {
    keep();
    const { unit, layer, input } = parameterPlace(run.network.sizes, index);
    const row = run.network.sizes[layer] + 1;
    take(parameterIndex(run.network.sizes, { layer, unit }, (input + by + row) % row));
  }

  function close() {
    if (index === null) return;
    keep();
    index = null;
    form.hidden = true;
    actions.repaint();
  }

  function finish() {
    close();
    leave();
  }

  /** What is wrong with a typed weight, in words; null where it can be tried. */
  function problemOf(value) {
    if (Number.isNaN(value)) return "Type a number, such as 0.5 or −1.2. The old value stays.";
    if (Math.abs(value) <= run.limits.weight) return null;
    const most = formatCount(run.limits.weight);
    return `A weight lies between ${MINUS}${most} and ${most}. The old value stays.`;
  }

  function onType() {
    const value = readWeight(field.value);
    const wrong = problemOf(value);
    field.toggleAttribute("aria-invalid", wrong !== null);
    say(wrong ?? KEYS);
    if (wrong !== null) return forget();
    slider.value = value;
    attempt(value);
  }

  function onFieldKey(event) {
    const by = { ArrowUp: 1, ArrowDown: -1 }[event.key];
    const value = readWeight(field.value);
    if (!by || problemOf(value) !== null) return;
    event.preventDefault();
    const most = run.limits.weight;
    attempt(Math.max(-most, Math.min(most, value + by * (event.shiftKey ? 1 : 0.1))));
    show(tried);
  }

  form.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    event.preventDefault();
    restore();
    finish();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    finish();
  });
  form.addEventListener("focusout", ({ relatedTarget }) => {
    if (relatedTarget && !form.contains(relatedTarget)) close();
  });
  field.addEventListener("input", onType);
  field.addEventListener("keydown", onFieldKey);
  field.addEventListener("change", () => {
    keep();
    const left = index === null; // by Escape
    if (!left && problemOf(readWeight(field.value)) !== null) show(parameters[index]);
  });
  slider.addEventListener("input", () => {
    field.value = slider.value;
    attempt(Number(slider.value));
  });
  slider.addEventListener("change", keep);

  return {
    open,
    close,
    get index() { return index; },
    /** Follow what the stage shows, where the hand is not on it. `gradient` is its slope in words. */
    paint(newRun, newParameters, gradient) {
      [run, parameters] = [newRun, newParameters];
      if (index === null) return;
      setText(slope, gradient);
      const own = field.getRootNode().activeElement;
      if (tried === null && own !== field && own !== slider) show(parameters[index]);
    },
  };
}
