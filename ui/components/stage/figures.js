// What the stage says beside its pictures, in the page: figures, answers, the state of its buttons. The words
// themselves are made in words.js.

/**
 * @param {Object<string, HTMLElement>} parts of the stage
 * @param {object} walk as of createWalk
 */
function createFigures(parts, walk) {
  let run, metric;
  let asked = ""; // the axes of which a place is asked about

  const outputAt = (x1, x2) => forward(run.network, walk.parameters(), makeBatch(run.network, [x1], [x2]));
  const cornerAnswers = () => (run.corners ?? []).map(([x1, x2]) => answerOf(run, outputAt(x1, x2)));

  /** A new run, or another choice for the chart: what does not change with the epoch. */
  function load(newRun, chart) {
    run = newRun;
    metric = chart.metric;
    const title = run.score[0].toUpperCase() + run.score.slice(1);
    const unit = run.unit && `, in ${run.unit}`;
    setText(parts.score, run.score);
    setText(parts["show-score"], title);
    parts["show-score"].title = SCORE_HELP[run.score];
    setText(parts.axis, chart.metric === "loss" ? run.loss + unit : run.score);
    writeUnit(chart);
    setText(parts.cost, costInWords(run));
    loadQuestion(run.axes.slice(0, 2));
    parts.truth.hidden = !run.corners;
    if (run.corners) setText(parts["corner-share"], probabilityOf(run, 1));
    writeOutcome(parts, run.outcome);
    writeChip(parts.since, parts["since-text"], sinceInWords(run));
    writeChip(parts.edits, parts["edits-text"], editsInWords(run));
    setPressed(parts["show-loss"], chart.metric === "loss");
    setPressed(parts["show-score"], chart.metric === "score");
    setPressed(parts.linear, !chart.logarithmic);
    setPressed(parts.log, chart.logarithmic);
    writeStride();
    parts.log.disabled = parts.linear.disabled = chart.metric === "score";
    parts["train-on"].disabled = !walk.canGoOn();
    parts.settle.disabled = !walk.canGoOn() || SETTLED.includes(run.outcome?.name);
    parts.slider.setAttribute("aria-valuemin", 0);
    parts.slider.setAttribute("aria-valuemax", walk.lastEpoch());
  }

  /** What the unit of the loss means, beside its name. */
  function writeUnit({ metric }) {
    const explained = metric === "loss" && run.guessing !== null;
    setText(parts["axis-hint"], explained ? `(${guessingInWords(run)})` : "");
    const help = explained ? NATS : "";
    if (parts.axis.title === help) return; // not for every picture while a slider is dragged
    parts.axis.title = help;
    parts.axis.tabIndex = explained ? 0 : -1;
  }

  /** The place that is asked about begins somewhere in the plane, whatever its units. */
  function loadQuestion(axes) {
    if (JSON.stringify(axes) === asked) return;
    asked = JSON.stringify(axes);
    ["ask-x1", "ask-x2"].forEach((name, i) => {
      setText(parts[`${name}-title`], axes[i].title);
      const plain = formatNumber(toAxis(axes[i], axes[i].unit === 1 ? i : 0)).replaceAll(",", "");
      parts[name].value = plain.replace(MINUS, "-");
    });
  }

  function writeStride() {
    for (const name of Object.keys(STRIDES)) setPressed(parts[`stride-${name}`], name === walk.stride);
  }

  /** What changes from epoch to epoch. `place`: of the plane, under the pointer, or null. */
  function paint(place) {
    const { epoch, loss, score } = shownFigures();
    const { within } = walk;
    const of = (part, whole) => `${formatCount(part)} of ${formatCount(whole)} updates`;
    parts.play.classList.toggle("playing", walk.playing);
    parts.play.ariaLabel = walk.playing ? "Pause" : "Play";
    parts.outcome.classList.toggle("later", walk.epoch() < walk.lastEpoch());
    setText(parts.epoch, epoch);
    const last = within ? `+ ${of(within.updates, within.length)}` : `of ${formatCount(run.figures.epochs)}`;
    setText(parts["last-epoch"], last);
    setText(parts["train-loss"], loss.train);
    setText(parts["test-loss"], loss.test);
    setText(parts["train-score"], score.train);
    setText(parts["test-score"], score.test);
    writeCorners(parts.corners, run, cornerAnswers());
    writeAnswer();
    if (place) setText(parts["map-readout"], describePlace(place));
  }

  /** Figures of the network shown, as texts. */
  function shownFigures() {
    const figures = walk.figures();
    return figures ? figuresInWords(run, Math.floor(walk.epoch()), figures) : figuresAt(run, walk.epoch());
  }

  function writeAnswer() {
    const typed = ["ask-x1", "ask-x2"].map((name, i) => fromAxis(run.axes[i], readNumber(parts[name].value)));
    const understood = typed.every(Number.isFinite);
    const { said, share, of } = understood ? answerOf(run, outputAt(...typed)) : { said: "" };
    setText(parts.said, understood ? `→ ${said}` : "");
    setText(parts["said-share"], understood ? share && `${of}: ${share}` : "Type two numbers, such as 0 and 1.");
  }

  function describePlace({ x1, x2 }) {
    const { said, share, of } = answerOf(run, outputAt(x1, x2));
    return `${placeText(run, x1, x2)} → ${said}${share && `, ${of}: ${share}`}`;
  }

  function describeEpoch(at) {
    const { epoch, loss, score } = figuresAt(run, at);
    const figures = metric === "loss" ? loss : score;
    return `epoch ${epoch}: train ${figures.train}, test ${figures.test}`;
  }

  function writeSummary() {
    const summary = summaryOf(run, shownFigures(), cornerAnswers());
    setText(parts.summary, summary);
    parts.map.setAttribute("aria-label", `Decision map. ${summary}`);
    parts.time.setAttribute("aria-label", `${run.loss} and ${run.score} over the epochs. ${summary}`);
    parts.slider.setAttribute("aria-valuenow", walk.epoch());
    parts.slider.setAttribute("aria-valuetext", describeEpoch(walk.epoch()));
  }

  return { load, paint, outputAt, describePlace, describeEpoch, writeAnswer, writeStride, writeSummary };
}
