// Who pulls: the points of the batch with the largest shares of the mean gradient that a step is about, and what is
// left of all shares when they are added up.

const MEMBER_COLUMNS = 4; // x1, x2, target, count
const BALANCE_COLUMNS = 4; // shares of all others, sums above and below zero, what is left

/** The table and a sentence, as nodes; nothing for a step that is about no mean. */
function pullsOf(walk, step) {
  const { batch, arrays } = walk;
  if (!batch || step.name !== "mean") return [];
  const index = indexOfStep(walk, step);
  const named = arrays.pulls.length / arrays.parameters.length;
  const begin = index * BALANCE_COLUMNS;
  const [others, above, below, left] = arrays.balance.subarray(begin, begin + BALANCE_COLUMNS);
  const rows = Array.from({ length: named }, (_, i) => {
    const at = index * named + i;
    return pullRow(walk, arrays.pulling[at], arrays.pulled[at], arrays.pulls[at]);
  });
  if (batch.members > named) {
    const rest = `${formatCount(batch.members - named)} others`;
    rows.push(make("tr", {}, ...[rest, "", "", "", formatNumber(others)].map((text) => make("td", {}, text))));
  }
  const names = ["point", walk.task === "regression" ? "value" : "class", "times", "gradient", "share"];
  const head = make("tr", {}, ...names.map((name) => make("th", { scope: "col" }, name)));
  const table = make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows));
  const title = make("p", {}, make("b", {}, "Who pulls"), `, of ${formatCount(batch.samples)} in the batch`);
  return [title, make("div", { class: "scroll" }, table), make("p", {}, balanceText(above, below, left, step.value))];
}

function pullRow({ arrays: { members }, batch, classes, task }, who, gradient, share) {
  const [x1, x2, target, count] = members.subarray(who * MEMBER_COLUMNS, (who + 1) * MEMBER_COLUMNS);
  const place = [x1, x2].map((value) => formatNumber(value)).join(", ");
  const wanted = task === "regression" ? formatNumber(target) : classTitle({ classes }, target);
  const cells = [place, wanted, formatCount(count), formatNumber(gradient), formatNumber(share)];
  const row = make("tr", {}, ...cells.map((text) => make("td", {}, text)));
  if (who === batch.own) row.className = "marked";
  return row;
}

function balanceText(above, below, left, mean) {
  if (!above || !below) return `All shares pull the same way. Together they are ${formatNumber(mean)}.`;
  const sums = `Shares above zero add up to ${formatNumber(above)}, those below to ${formatNumber(below)}. `;
  return `${sums}Together they are ${formatNumber(mean)}: ${formatPercent(left)} is left, the rest cancels.`;
}
