// Questions to the server that need no new run: the network at an epoch (or update) that was not recorded, and its
// gradient. They travel as window events; the component `line` carries them.

const QUESTION_PATIENCE = 3000; // milliseconds until silence is mentioned
let questionsAsked = 0; // counts over the whole visit: an answer to an older page's question is nobody's

/**
 * One question at a time: a newer one replaces an older one, whose answer is then ignored.
 * @param {{answered: function, silent: function}} told of an answer and its question, of a question left unanswered
 */
function createQuestions({ answered, silent }) {
  const listening = new AbortController();
  let open = null, timer = 0;

  const send = ({ n, run, epoch, updates }) =>
    window.dispatchEvent(new CustomEvent("nn-ask", { detail: { n, run, epoch, updates } }));

  /**
   * @param {{run: number, epoch: number, updates: number}} place so many updates after an epoch
   * @param {object} note kept with the question, for those who are told of its end
   */
  function ask(place, note = {}) {
    open = { n: ++questionsAsked, ...place, ...note };
    clearTimeout(timer);
    timer = setTimeout(() => silent(forget()), QUESTION_PATIENCE);
    send(open);
  }

  function forget() {
    const forgotten = open;
    clearTimeout(timer);
    open = null;
    return forgotten;
  }

  const onAnswer = ({ detail }) => {
    if (open && detail.n === open.n) answered(detail, forget());
  };
  window.addEventListener("nn-answer", onAnswer, { signal: listening.signal });
  window.addEventListener("nn-hello", () => open && send(open), { signal: listening.signal });

  return {
    ask,
    forget,
    get open() { return open; },
    close: () => (clearTimeout(timer), listening.abort()),
  };
}
