// Formulas: a small part of LaTeX, as far as nn_core writes it, turned into MathML. Long ones may be broken before
// signs: they are several pieces of mathematics beside each other.

const MATH = "http://www.w3.org/1998/Math/MathML";
const TEX_TOKEN = /\\[A-Za-z]+|\\[,; ]|\d[\d.]*|[A-Za-z]|[^\s]/g;
const TEX_LETTERS = {
  delta: "δ", eta: "η", lambda: "λ", mu: "μ", beta: "β", rho: "ρ", epsilon: "ϵ", varphi: "φ", pi: "π",
  partial: "∂", infty: "∞",
};
const TEX_SIGNS = { cdot: "·", leftarrow: "←", le: "≤", sum: "∑", lVert: "‖", rVert: "‖" };
const TEX_NAMES = ["tanh", "ln", "max", "min", "sin"];
const TEX_ACCENTS = { hat: "^", tilde: "~", bar: "¯" };
const TEX_SPACES = { quad: "1em", ",": "0.17em", ";": "0.28em", " ": "0.28em" };
const TEX_BREAKS = "+−=←";
const LONG_PIECE = 14; // nodes

function makeMath(tag, attributes = {}, ...children) {
  const node = document.createElementNS(MATH, tag);
  for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
  node.append(...children);
  return node;
}

/** A row of nodes as one. */
const mathRow = (nodes) => (nodes.length === 1 ? nodes[0] : makeMath("mrow", {}, ...nodes));

/** The pieces of mathematics that a formula is. Throws for a command it does not know. */
function makeFormula(text) {
  const tokens = text.match(TEX_TOKEN) ?? [];
  const spaces = [...text.matchAll(/\\text\{([^}]*)\}/g)].map(([, words]) => words); // tokens have lost the blanks
  const nodes = readTex(tokens, spaces, { at: 0 });
  const pieces = [[]];
  let depth = 0;
  for (const node of nodes) {
    const sign = node.localName === "mo" ? node.textContent : "";
    if (sign === "(") depth += 1;
    if (sign === ")") depth -= 1;
    const infix = node.getAttribute("form") === "infix" && TEX_BREAKS.includes(sign);
    const inside = sign === "+" && pieces.at(-1).length > LONG_PIECE; // of brackets, only where they hold a long sum
    if (infix && pieces.at(-1).length && (depth === 0 || inside)) pieces.push([]);
    pieces.at(-1).push(node);
  }
  return pieces.map((piece) => makeMath("math", { displaystyle: "true" }, makeMath("mrow", {}, ...piece)));
}

/** The nodes up to the end, or to a closing brace. */
function readTex(tokens, texts, place) {
  const nodes = [];
  while (place.at < tokens.length && tokens[place.at] !== "}") {
    const node = readTexAtom(tokens, texts, place, nodes.at(-1));
    if (node) nodes.push(readTexScripts(tokens, texts, place, node));
  }
  place.at += 1;
  return nodes;
}

/** What stands in braces, or the one thing that stands there. */
function readTexGroup(tokens, texts, place) {
  if (tokens[place.at] !== "{") return readTexAtom(tokens, texts, place);
  place.at += 1;
  return makeMath("mrow", {}, ...readTex(tokens, texts, place));
}

function readTexScripts(tokens, texts, place, base) {
  let [below, above] = [null, null];
  while (["^", "_", "'"].includes(tokens[place.at])) {
    const which = tokens[place.at++];
    if (which === "_") below = readTexGroup(tokens, texts, place);
    else above = which === "'" ? makeMath("mo", {}, "′") : readTexGroup(tokens, texts, place);
  }
  if (below && above) return makeMath("msubsup", {}, base, below, above);
  return below ? makeMath("msub", {}, base, below) : above ? makeMath("msup", {}, base, above) : base;
}

function readTexAtom(tokens, texts, place, before) {
  const token = tokens[place.at++];
  const group = () => readTexGroup(tokens, texts, place);
  if (token === "{") return makeMath("mrow", {}, ...readTex(tokens, texts, place));
  if (/^\d/.test(token)) return makeMath("mn", {}, token);
  if (/^[A-Za-z]$/.test(token)) return makeMath("mi", {}, token);
  if (token[0] !== "\\") return makeSign(token === "-" ? "−" : token, before);
  const name = token.slice(1);
  if (name === "left" || name === "right") return null;
  if (name === "frac" || name === "tfrac") return makeMath("mfrac", {}, group(), group());
  if (name === "sqrt") return makeMath("msqrt", {}, group());
  if (name in TEX_ACCENTS) return makeMath("mover", { accent: "true" }, group(), makeMath("mo", {}, TEX_ACCENTS[name]));
  if (name in TEX_LETTERS) return makeMath("mi", {}, TEX_LETTERS[name]);
  if (name in TEX_SIGNS) return makeSign(TEX_SIGNS[name], before);
  if (name in TEX_SPACES) return makeMath("mspace", { width: TEX_SPACES[name] });
  if (TEX_NAMES.includes(name)) return makeName(name, tokens[place.at]);
  if (name === "operatorname") return makeName(group().textContent, tokens[place.at]);
  if (name !== "text") throw new Error(`A formula says ${token}, which is not known here.`);
  group();
  return makeMath("mtext", {}, texts.shift().replaceAll(" ", "\u00a0"));
}

/** The name of a function, with a little room before what it is taken of. */
function makeName(name, next) {
  const word = makeMath("mi", { mathvariant: "normal" }, name);
  if (next === "(" || next === "_") return word;
  return makeMath("mrow", {}, word, makeMath("mspace", { width: "0.17em" }));
}

/** A sign; a minus or a bar with nothing to its left belongs to what follows. */
function makeSign(sign, before) {
  const opens = !before || (before.localName === "mo" && ![")", "|", "‖"].includes(before.textContent));
  const isPrefix = sign === "(" || (opens && "−|‖+".includes(sign));
  const form = isPrefix ? "prefix" : ")|‖,".includes(sign) ? "postfix" : "infix";
  const room = sign === "," ? { lspace: "0", rspace: "0.1em" } : {};
  return makeMath("mo", { form, stretchy: "false", ...room }, sign);
}

/** Write a formula into a node; what cannot be read stands there as it is. */
function writeFormula(node, text) {
  if (node.dataset.tex === text) return;
  node.dataset.tex = text;
  node.replaceChildren(...makeFormula(text));
}
