// A walk through a run: which of its networks is shown, and how one gets to another. Recorded ones are here already;
// others are asked for, and what lies beyond the end is wished for.

const PLAYBACK_SECONDS = 6; // a whole playback, whatever the number of epochs
const SECONDS_A_SNAPSHOT = 0.25; // at most: a run of five epochs is over sooner
const STRIDES = {
  update: { updates: 1, epochs: 0 }, epoch: { updates: 0, epochs: 1 }, epochs: { updates: 0, epochs: 10 },
};
let greeted = false; // the picture moves by itself once, when the app is opened

const isAt = (a, b) => a.epoch === b.epoch && a.updates === b.updates;
const placeName = ({ epoch, updates }) => `${epoch} ${updates}`;

/**
 * Places are {epoch, updates}: so many updates after a whole epoch.
 * @param {{moved: function, wish: function(object), notice: function(?string)}} on a change of what is shown, something
 *   only the server can do, something to be said
 */
function createWalk({ moved, wish, notice }) {
  const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
  const questions = createQuestions({ answered: onAnswer, silent: onSilence });
  const tried = new Map(); // parameter index -> value, at the shown place and not yet part of the run
  const gradients = new Map(); // of this run, by place
  const lengths = new Map(); // updates of an epoch, by epoch, as far as answers have told
  let run, parameters;
  let position = 0; // which snapshot is shown; between two of them only while playing
  let guest = null; // a network between the recorded ones, shown in their place: the server's answer
  let chosen = null; // the place a visitor went to; null is the end, wherever that is
  let arrival = null; // where to go when the run that was wished for is there: a place, and whether it plays from there
  let playing = false;
  let greeting = false; // playing by itself, because the app has just been opened
  let stride = "epoch";
  let gradientWanted = false;

  const epochs = () => run.arrays.snapshot_epochs;
  const end = () => epochs().length - 1;
  const lastEpoch = () => epochs()[end()];
  const place = () => guest ?? { epoch: epochs()[Math.floor(position)], updates: 0 };
  const epoch = () => guest?.exact ?? epochs()[Math.floor(position)];
  const gradient = () => (playing || tried.size ? null : (gradients.get(placeName(place())) ?? null));
  const canGoOn = () => run.finished && !run.message && !run.fixed;

  /** Show another run, or more of the one that is arriving. */
  function load(newRun) {
    const before = run;
    const arriving = before && !before.finished; // more of the run that is already shown
    const wanted = playing && (!greeting || arriving) ? place() : chosen;
    run = newRun;
    if (before?.run === run.run) return;
    parameters = new Float64Array(run.arrays.parameters.length / epochs().length);
    guest = null;
    for (const known of [tried, gradients, lengths]) known.clear();
    questions.forget();
    if (!before) return greet();
    if (greeting && !arriving) playing = greeting = false;
    if (arrival) arrive();
    else position = wanted === null ? end() : nearestIndex(epochs(), wanted.epoch);
  }

  function greet() {
    greeting = playing = !greeted && !stillness.matches && end() > 0;
    greeted = true;
    position = playing ? 0 : end();
  }

  /** The run that was wished for is there. */
  function arrive() {
    const { plays, ...there } = arrival;
    arrival = null;
    position = plays && stillness.matches ? end() : nearestIndex(epochs(), there.epoch);
    playing = plays && position < end();
    if (!plays) goToPlace(there);
  }

  /** Always a trained network, also while playing: a blend of two was never trained, and its loss is not on the curve.
   * Values being tried out stand in for the trained ones. */
  function shownParameters() {
    if (guest) parameters.set(guest.parameters);
    else parametersAt(run, Math.floor(position), parameters);
    for (const [index, value] of tried) parameters[index] = value;
    return parameters;
  }

  /** Loss and score of what is shown, as in an answer, or null where the recorded curves have them. */
  const figures = () => (tried.size ? UNKNOWN_FIGURES : (guest?.figures ?? null));

  /** Where the playhead stands: it glides from one recorded epoch to the next. */
  function playhead() {
    const here = epoch();
    return guest ? here : here + (position % 1) * (epochs()[Math.ceil(position)] - here);
  }

  // --- standing and playing ---

  /** Stand still at a recorded network, never at a blend of two. */
  function goTo(index) {
    standAt(Math.max(0, Math.min(end(), Math.round(index))));
    chosen = position === end() ? null : place();
  }

  function standAt(index) {
    playing = greeting = false;
    guest = arrival = null;
    tried.clear();
    questions.forget();
    position = index;
    moved();
  }

  const pause = () => playing && goTo(position);
  const goToEpoch = (wanted) => goTo(nearestIndex(epochs(), wanted));

  function play() {
    standAt(position >= end() ? 0 : position);
    playing = end() > 0;
  }

  /** So many seconds of playback. */
  function advance(seconds) {
    const whole = Math.min(PLAYBACK_SECONDS, end() * SECONDS_A_SNAPSHOT);
    position = Math.min(end(), position + (seconds / whole) * end());
    if (position === end()) goTo(position);
  }

  // --- steps ---

  /** Stand still at any place of the run. What was not recorded is asked for, and shown when it comes. */
  function goToPlace(wanted) {
    const there = normalised(wanted);
    const index = nearestIndex(epochs(), there.epoch);
    if (there.updates === 0 && epochs()[index] === there.epoch) return goTo(index);
    pause();
    chosen = there;
    if (there.updates >= 0) return ask(there);
    ask({ epoch: there.epoch - 1, updates: 0 }, { wanted: there }); // its answer tells how long that epoch is
  }

  /** The same place within the run, and within one epoch as far as the lengths of epochs are known. */
  function normalised(wanted) {
    let { epoch, updates } = wanted;
    while (updates < 0 && lengths.has(epoch - 1)) updates += lengths.get(--epoch);
    while (updates >= lengths.get(epoch)) updates -= lengths.get(epoch++);
    if (epoch < 0 || (epoch === 0 && updates < 0)) return { epoch: 0, updates: 0 };
    return epoch >= lastEpoch() && updates >= 0 ? { epoch: lastEpoch(), updates: 0 } : { epoch, updates };
  }

  /** So many strides on, or back for negative ones, from where the visitor stands or is on the way to. */
  function step(times) {
    const here = questions.open?.wanted ?? questions.open ?? place();
    const { updates, epochs } = STRIDES[stride];
    if (times > 0 && here.epoch === lastEpoch()) return trainLonger(times);
    if (updates) return goToPlace({ epoch: here.epoch, updates: here.updates + times });
    const whole = here.updates && times < 0 ? here.epoch + 1 : here.epoch; // back from within an epoch is to its start
    goToPlace({ epoch: whole + times * epochs, updates: 0 });
  }

  // --- training on ---

  function trainLonger(times) {
    if (!canGoOn() || arrival) return;
    const { updates, epochs } = STRIDES[stride];
    arrival = updates ? { epoch: lastEpoch(), updates: times, plays: false } : null;
    chosen = null;
    wish({ do: "longer", epochs: Math.min(10, Math.max(1, times * epochs)) });
  }

  /** A run changes between epochs: within one, at its start. */
  function stayAtEpoch() {
    const { epoch } = place();
    chosen = epoch === lastEpoch() ? null : { epoch, updates: 0 };
    return epoch;
  }

  function trainOn() {
    const epoch = stayAtEpoch();
    if (epoch === lastEpoch()) arrival = { epoch, updates: 0, plays: true };
    else if (!playing && !stillness.matches) play();
    wish({ do: "train_on", epoch });
  }

  function settle() {
    goTo(end());
    wish({ do: "settle" });
  }

  function startOver() {
    goTo(0);
    if (!stillness.matches) play();
    wish({ do: "start_over" });
  }

  // --- weights by hand ---

  /** Show another value of a parameter, or with null the trained one again. */
  function tryOut(index, value) {
    pause();
    if (value === null) tried.delete(index);
    else tried.set(index, value);
    moved();
  }

  /** Make values part of the run, [[index, value], ...]; they are shown until it comes. */
  function commit(changes) {
    for (const [index, value] of changes) tryOut(index, value);
    wish({ do: "edit", epoch: stayAtEpoch(), changes });
  }

  // --- questions to the server ---

  /** What is still missing once nothing moves: the exact place the visitor had chosen, or a gradient. */
  function rest() {
    if (questions.open) return;
    const here = place();
    const away = chosen && !isAt(chosen, here) && chosen.epoch < lastEpoch();
    if (away) ask(chosen, { quiet: true });
    else if (gradientWanted && !tried.size && !gradient()) ask(here);
  }

  const ask = ({ epoch, updates }, note) => questions.ask({ run: run.run, epoch, updates }, note);

  function onAnswer(answer, { wanted }) {
    notice(null);
    if (answer.run !== run.run) return;
    const { epoch: exact, updates_per_epoch: length, figures, arrays } = answer;
    const whole = Math.floor(exact + 1e-9);
    const there = { epoch: whole, updates: Math.round((exact - whole) * length) };
    lengths.set(there.epoch, length);
    gradients.set(placeName(there), arrays.gradient);
    gradientWanted = false;
    if (wanted && !isAt(normalised(wanted), there)) return goToPlace(wanted);
    if (!isAt(there, place())) {
      position = nearestIndex(epochs(), there.epoch);
      guest = { ...there, length, exact, figures, parameters: arrays.parameters };
      chosen = there;
    }
    moved();
  }

  function onSilence({ quiet }) {
    gradientWanted = false;
    if (!quiet) notice("The server has not answered. Please try once more.");
  }

  return {
    load, advance, goTo, goToEpoch, step, trainOn, settle, startOver, tryOut, commit, rest,
    epoch, lastEpoch, playhead, figures, gradient, canGoOn, parameters: shownParameters,
    goToEnd: () => goTo(end()),
    toggle: () => (playing ? goTo(position) : play()),
    wantGradient: () => (gradientWanted = true),
    choose: (name) => (stride = name),
    get playing() { return playing; },
    get stride() { return stride; },
    get within() { return guest?.updates ? { updates: guest.updates, length: guest.length } : null; },
    close: questions.close,
  };
}
