// A range input that reports while it is dragged, as fast as results come back and no faster.
//
// The conversation: a value is sent only when the answer to the one before it is on screen (`answered` has changed) or
// PATIENCE has run out; only the newest value is sent, so the last word is always the value under the hand. Python's
// own value is taken over only when the hand is off and nothing is under way: an echo of an older value never moves
// the thumb.

const PATIENCE = 1500; // ms to wait for an answer that may have been lost
const SURE = 6; // pixels along the slider after which a finger means it
const NOTICE = 4000; // ms a remark stays below the slider
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

const sliders = new WeakMap(); // one module serves all sliders, and is called again on every change of data or theme
let report = 0; // makes every report a new state, also when Python has moved the value in between

export default function ({ data, parentElement, setStateValue }) {
  if (!sliders.has(parentElement)) sliders.set(parentElement, new LiveSlider(parentElement));
  const slider = sliders.get(parentElement);
  slider.update(data, (value, held) => setStateValue("value", [value, ++report, held]));
  return () => slider.leave();
}

const format = (value) => String(Number.isInteger(value) ? value : Number(value.toPrecision(4)));

class LiveSlider {
  held = false;
  unsent = false; // the value on show is newer than the last one sent
  waiting = false; // for the answer to the last one sent
  touched = null; // where and at which value a finger was put on, until it is clear what it wants

  constructor(root) {
    this.root = root;
    for (const name of ["slider", "help", "number", "low", "mark", "high", "notice"]) {
      this[name] = root.querySelector("." + name);
    }
    this.label = root.querySelector("label");
    this.range = root.querySelector("#range");
    this.popover = root.querySelector("#help");
    this.listenToRange();
    this.listenToNumber();
    this.listenToHelp();
  }

  listenToRange() {
    const { range } = this;
    range.addEventListener("pointerdown", (event) => {
      this.touched = event.pointerType === "touch" ? { x: event.clientX, value: this.value } : null;
      this.hold(!range.disabled);
    });
    range.addEventListener("pointermove", (event) => {
      if (this.touched && Math.abs(event.clientX - this.touched.x) > SURE) this.decide();
    });
    range.addEventListener("input", () => this.choose(this.data.stops[range.value]));
    range.addEventListener("pointerup", () => this.decide());
    range.addEventListener("pointercancel", () => {
      if (this.touched) this.choose(this.touched.value); // the finger scrolls the page: it meant nothing here
      this.decide();
    });
    for (const end of ["pointerup", "pointercancel", "change", "blur"]) {
      range.addEventListener(end, () => this.hold(false));
    }
  }

  /** A finger on the slider may be on its way to scroll: until it moves along it, or is lifted, nothing is sent. */
  decide() {
    this.touched = null;
    this.send();
  }

  listenToNumber() {
    const { number } = this;
    number.addEventListener("focus", () => number.select());
    number.addEventListener("change", () => this.type(number.value));
    number.addEventListener("blur", () => this.show());
    number.addEventListener("keydown", (event) => {
      event.stopPropagation(); // the page's shortcuts do not see that this is a text box
      if (event.key === "Escape") number.value = format(this.value);
      if (event.key === "Escape" || event.key === "Enter") number.blur();
    });
  }

  listenToHelp() {
    const { help, popover } = this;
    const open = () => {
      popover.showPopover();
      const button = help.getBoundingClientRect();
      const left = Math.min(button.left, innerWidth - popover.offsetWidth - 8);
      const below = button.bottom + 6;
      const fits = below + popover.offsetHeight < innerHeight;
      popover.style.left = `${Math.max(8, left)}px`;
      popover.style.top = `${fits ? below : button.top - 6 - popover.offsetHeight}px`;
    };
    const close = () => popover.hidePopover();
    help.addEventListener("click", open);
    help.addEventListener("pointerenter", (event) => event.pointerType === "mouse" && open());
    help.addEventListener("pointerleave", (event) => event.pointerType === "mouse" && close());
    help.addEventListener("blur", close);
  }

  update(data, send) {
    if (data.answered !== this.data?.answered) this.answered();
    this.data = data;
    this.report = send;
    this.send();
    if (!this.held && !this.waiting) this.value = data.value;
    this.show();
  }

  choose(value) {
    this.say("");
    if (value === this.value) return;
    this.value = value;
    this.unsent = true;
    this.show();
    this.send();
  }

  send() {
    if (!this.unsent || this.waiting || this.touched || !this.range.isConnected) return;
    this.unsent = false;
    this.waiting = true;
    this.timer = setTimeout(() => (this.answered(), this.send()), PATIENCE);
    this.saidHeld = this.held;
    this.report(this.value, this.held);
  }

  answered() {
    clearTimeout(this.timer);
    this.waiting = false;
  }

  type(text) {
    const { whole, stops } = this.data;
    const plain = text.replace(",", ".").trim();
    const number = NUMBER.test(plain) ? Number(plain) : NaN;
    const [low, high] = [stops[0], stops.at(-1)];
    if (Number.isNaN(number) || (whole && !Number.isInteger(number))) {
      this.say(`Please type a ${whole ? "whole " : ""}number, such as ${format(this.value)}.`);
      return;
    }
    this.choose(Math.min(Math.max(number, low), high));
    if (number < low) this.say(`${format(low)} is the smallest here.`);
    if (number > high) this.say(`${format(high)} is the largest here.`);
  }

  say(text) {
    clearTimeout(this.silence);
    this.notice.textContent = text;
    if (text) this.silence = setTimeout(() => (this.notice.textContent = ""), NOTICE);
  }

  hold(held) {
    if (held === this.held) return;
    this.held = held;
    if (!held && this.saidHeld) this.unsent = true; // the last word is sent with the hand off
    this.send();
    window.dispatchEvent(new CustomEvent("nn-hold", { detail: held }));
  }

  // The framework also calls this for a call that newer data has overtaken: only a slider off the page has left.
  leave() {
    if (this.range.isConnected) return;
    this.answered();
    this.hold(false);
  }

  show() {
    const { label, help, stops, disabled, mark } = this.data;
    const text = format(this.value);
    this.label.textContent = label;
    this.popover.textContent = help;
    this.help.hidden = !help;
    this.help.ariaLabel = `Help: ${label}`;
    this.low.textContent = format(stops[0]);
    this.high.textContent = format(stops.at(-1));
    this.range.disabled = this.number.disabled = disabled;
    this.range.max = stops.length - 1;
    this.range.value = nearest(stops, this.value);
    this.mark.hidden = !mark;
    if (mark) this.point(...mark);
    this.range.ariaValueText = text;
    this.slider.style.setProperty("--at", this.range.value / (stops.length - 1));
    this.number.ariaLabel = `${label}, as a number`;
    if (this.root.activeElement !== this.number) this.number.value = text;
    this.number.style.width = `${Math.max(2, this.number.value.length)}ch`;
  }

  /** Name a place of the scale below it. */
  point(value, name) {
    const { stops } = this.data;
    this.mark.textContent = name;
    this.mark.style.setProperty("--at", nearest(stops, value) / (stops.length - 1));
  }
}

function nearest(stops, value) {
  const after = stops.findIndex((stop) => stop >= value);
  if (after <= 0) return after < 0 ? stops.length - 1 : 0;
  return value - stops[after - 1] < stops[after] - value ? after - 1 : after;
}
