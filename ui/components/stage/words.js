// Beside the pictures: the network's answers and the run's figures in words.

const TICK = "M2.5 8.5L6.5 12.5L13.5 4";
const CROSS = "M3.5 3.5L12.5 12.5M12.5 3.5L3.5 12.5";

/**
 * What the network says in one place, in words. `share` is a probability, and `of` says which: that of class 1 where
 * there are two, as on the map, else that of the class it says; both are empty for regression.
 */
function answerOf(run, outputs) {
  if (!outputs.every(Number.isFinite)) return { said: "too large to show", share: "", of: "" };
  if (run.task === "regression") return { said: valueText(run.axes[2], outputs[0]), share: "", of: "" };
  const two = run.task === "binary";
  const k = two ? Number(saysOne(outputs[0])) : winner(outputs, 1, 0);
  const of = probabilityOf(run, two ? 1 : k);
  return { k, said: classTitle(run, k), share: formatPercent(outputs[two ? 0 : k]), of };
}

/** An answer that is a number, in the visitor's own units: near the data, to a thousandth of what they reach. */
function valueText(axis, value) {
  const own = toAxis(axis, value);
  return Math.abs(value) < 100 ? formatTick(own, axis.unit / 1000) : formatNumber(own);
}

const SCORE_HELP = {
  accuracy: "Draws the share of points whose answer is right: the higher, the better",
  "R²": "Draws how well the answers follow the values: 1 is perfect, 0 no better than answering their mean everywhere",
};

const formatScore = (run, value) => (run.score === "accuracy" ? formatPercent(value) : formatFixed(value));

/** Loss and score of a run at the recorded epoch nearest to `epoch`, as texts. */
function figuresAt(run, epoch) {
  const { arrays } = run;
  const at = nearestIndex(arrays.epochs, epoch);
  return figuresInWords(run, arrays.epochs[at], {
    train_loss: arrays.train_loss[at], test_loss: arrays.test_loss[at],
    train_score: arrays.train_score[at], test_score: arrays.test_score[at],
  });
}

const UNKNOWN_FIGURES = { train_loss: NaN, test_loss: NaN, train_score: NaN, test_score: NaN };

function figuresInWords(run, epoch, figures) {
  return {
    epoch: formatCount(epoch),
    loss: { train: formatFixed(figures.train_loss), test: formatFixed(figures.test_loss) },
    score: { train: formatScore(run, figures.train_score), test: formatScore(run, figures.test_score) },
  };
}

/** How a run ended: a word and a picture each, because a colour alone tells nothing. */
const OUTCOMES = {
  solved: { word: "Solved", icon: TICK },
  memorised: { word: "Learnt by heart", icon: "M3 2.5H13V13.5H3ZM6 5.5H10M6 8H10M6 10.5H8.5" },
  restless: { word: "Not settling", icon: "M2 8L5 3L8 13L11 3L14 8" },
  plateau: { word: "Plateau", icon: "M2.5 2.5C3 8.5 4.5 11 8 11H14" },
  diverged: { word: "Diverged", icon: CROSS },
  learning: { word: "Still learning", icon: "M2.5 2C3 7 6 10 12.5 10M9 6.2L12.8 10L9 13.8" },
  untrained: { word: "Untrained", icon: "M8 3A5 5 0 1 1 7.99 3" },
};

const SETTLED = ["solved", "memorised", "plateau", "restless", "diverged"]; // nothing to wait for any more

function writeOutcome(parts, outcome) {
  parts.outcome.hidden = outcome === null;
  if (outcome === null) return;
  parts.outcome.dataset.name = outcome.name;
  setText(parts["outcome-name"], OUTCOMES[outcome.name].word);
  setText(parts["outcome-sentence"], outcome.sentence);
  parts["outcome-icon"].setAttribute("d", OUTCOMES[outcome.name].icon);
}

const NATS = "The loss is −ln of the probability given to the right answer, on average, and a nat is its unit: " +
  "0 is sure and right; the surer of a wrong answer, the higher";

/** "0.693 = ln 2: a coin flip" */
function guessingInWords({ guessing, classes }) {
  const halves = classes.length === 2 && guessing.toFixed(3) === Math.log(2).toFixed(3);
  return `${guessingText(guessing, classes.length)}: ${halves ? "a coin flip" : "guessing"}`;
}

function sinceInWords({ since }) {
  return since === null ? null : `Changes count from epoch ${formatCount(since)} on`;
}

function editsInWords({ edits }) {
  if (!edits.length) return null;
  const places = new Set(edits.map(([epoch]) => epoch));
  const count = new Set(edits.map(([epoch, index]) => `${epoch} ${index}`)).size;
  const where = places.size > 1 ? `${places.size} epochs` : `epoch ${formatCount(edits[0][0])}`;
  return `${count} weight${count === 1 ? "" : "s"} edited at ${where}`;
}

/** A chip is there when it has something to say. */
function writeChip(chip, textNode, text) {
  chip.hidden = text === null;
  setText(textNode, text ?? "");
}

function costInWords({ figures, finished, arrays }) {
  const parameters = `${formatCount(figures.parameters)} parameter${figures.parameters === 1 ? "" : "s"}`;
  const reached = arrays.epochs.at(-1);
  const epochs = finished
    ? `${formatCount(reached)} epoch${reached === 1 ? "" : "s"} in ${formatSeconds(figures.seconds)}`
    : `${formatCount(reached)} of ${formatCount(figures.epochs)} epochs`;
  return `${parameters} · ${epochs}`;
}

/** What the pictures show, for those who listen. `figures` are texts. */
function summaryOf(run, { epoch, loss, score }, answers) {
  const corners = answers.map(({ said }, i) => `${said} for ${run.corners[i][0]} ${run.corners[i][1]}`);
  const hidden = run.network.sizes.slice(1, -1);
  const layers = hidden.length ? `hidden layers of ${hidden.join(", ")}` : "no hidden layer";
  return [
    `Epoch ${epoch}.`,
    `Loss ${loss.train} on training data, ${loss.test} on test data.`,
    `${run.score} ${score.train} on training data, ${score.test} on test data.`,
    ...(run.outcome ? [`${OUTCOMES[run.outcome.name].word}: ${run.outcome.sentence}`] : []),
    `A network with ${layers}.`,
    ...(corners.length ? [`The network says ${corners.join(", ")}.`] : []),
  ].join(" ");
}

/** Truth-table rows: the corner, what is expected, what the network says, how probable 1 is, and a tick or cross. */
function writeCorners(body, run, answers) {
  if (body.childElementCount !== answers.length) {
    const row = () => make("tr", {}, ...Array.from({ length: 3 }, () => make("td")),
      make("td", {}, make("b")), make("td", { class: "chance" }),
      make("td", {}, make("svg", { viewBox: "0 0 16 16", role: "img" }, make("path"))));
    body.replaceChildren(...answers.map(row));
  }
  answers.forEach((answer, i) => {
    const [x1, x2, expected] = run.corners[i];
    const row = body.children[i];
    const right = answer.k === expected;
    [x1, x2, run.classes[expected]].forEach((text, column) => setText(row.children[column], String(text)));
    setText(row.querySelector("b"), answer.said);
    setText(row.querySelector(".chance"), answer.share);
    row.classList.toggle("wrong", !right);
    row.querySelector("svg").setAttribute("aria-label", right ? "right" : "wrong");
    row.querySelector("path").setAttribute("d", right ? TICK : CROSS);
  });
}
