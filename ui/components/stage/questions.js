// Questions to the server that need no new run: the network at an epoch (or update) that was not recorded, and its
// gradient. They travel as window events; the component `line` carries them.

const QUESTION_PATIENCE = 3000; // milliseconds until silence is mentioned
let questionsAsked = 0; // counts over the whole visit: an answer to an older page's question is nobody's

/**
 * One question at a time: a newer one replaces an older one, whose answer is then ignored.
 * @param {{answered: function, silent: function}} told of an answer, of a question that stays unanswered
 */
function createQuestions({ answered, silent }) {
  const listening = new AbortController();
  let open = null, timer = 0;

  /** @param {{run: number, epoch: number, updates: number}} about an epoch, and so many updates after (or before) it */
  function ask(about) {
    open = { n: ++questionsAsked, ...about };
    clearTimeout(timer);
    timer = setTimeout(() => silent(forget()), QUESTION_PATIENCE);
    window.dispatchEvent(new CustomEvent("nn-ask", { detail: open }));
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
  const repeat = () => open && window.dispatchEvent(new CustomEvent("nn-ask", { detail: open }));
  window.addEventListener("nn-hello", repeat, { signal: listening.signal });

  return {
    ask,
    forget,
    get open() { return open; },
    close: () => (clearTimeout(timer), listening.abort()),
  };
}
