// Carries questions to the server, one at a time, and its answers back. While one is under way the newest question
// waits, and replaces an older one that waits: whoever steps through epochs with a key held down is never behind.

const LINE_PATIENCE = 1500; // milliseconds to wait for an answer that may have been lost

const lines = new WeakMap(); // one module serves all lines, and is called again on every change of data or theme

/** @param {{send: function}} carrier `send` is renewed with every call of the component */
function createLine(carrier) {
  const listening = new AbortController();
  let underWay = null, waiting = null, heard = 0, timer = 0; // numbers of questions, and the newest question unsent

  function ask(question) {
    if (question.n === underWay) return;
    waiting = question;
    if (underWay === null) sendNext();
  }

  function sendNext() {
    clearTimeout(timer);
    underWay = waiting?.n ?? null;
    if (underWay === null) return;
    timer = setTimeout(sendNext, LINE_PATIENCE);
    const question = waiting;
    waiting = null;
    carrier.send(question);
  }

  function hear(bytes) {
    if (!bytes?.length) return;
    const answer = parsePacked(bytes);
    if (answer.n === heard) return; // the same one, shown again
    heard = answer.n;
    window.dispatchEvent(new CustomEvent("nn-answer", { detail: answer }));
    if (answer.n === underWay) sendNext();
  }

  function close() {
    listening.abort();
    clearTimeout(timer);
  }

  window.addEventListener("nn-ask", ({ detail }) => ask(detail), { signal: listening.signal });
  return { hear, close };
}

export default function ({ parentElement, data, setStateValue }) {
  const send = (question) => setStateValue("question", question);
  if (!lines.has(parentElement)) {
    const carrier = { send };
    lines.set(parentElement, { carrier, line: createLine(carrier) });
    window.dispatchEvent(new CustomEvent("nn-hello")); // a question asked before says itself again
  }
  const { carrier, line } = lines.get(parentElement);
  carrier.send = send;
  line.hear(data);
  return () => {
    if (parentElement.isConnected) return; // also called for a superseded call: the line is still in use
    line.close();
    lines.delete(parentElement);
  };
}
