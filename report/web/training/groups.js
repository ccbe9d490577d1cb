// SPDX-License-Identifier: Apache-2.0
// Whom a model serves worse: its score for each group with its interval, and under each hardship.

function fairnessPanel(report, model, fairness) {
  const id = `groups-${fairness.column}`, title = `Groups by ${fairness.column}`;
  if (!fairness.groups.length) return emptyPanel(id, title, 'No example is in a group that can be judged.');
  const show = scoreText(report);
  const most = report.score === 'mean absolute error' ? Math.max(...fairness.groups.map((g) => g.interval[1] || g.score)) : 1;
  const kMost = 40;
  const shown = fairness.groups.length <= kMost ? fairness.groups
    : [...fairness.groups.slice(0, kMost / 2), ...fairness.groups.slice(-kMost / 2)];
  const gap = isNumber(fairness.gap)
    ? `Between the best and the worst of the ${whole(fairness.judged)} groups with at least 10 examples lie ${show(fairness.gap)}, ` +
      `95 % interval ${fairness.gap_interval.map(show).join(' to ')}. `
    : `There are fewer than two groups with at least 10 examples, so there is no gap to state. `;
  const left = shown.length < fairness.groups.length ? `The best and worst ${kMost / 2} of ${whole(fairness.groups.length)} are drawn.` : '';
  return panel(id, title, gap + left, barsWithIntervals(title, shown.map((g) => ({
    name: `${g.value || '(none)'} (${whole(g.examples)})`, value: g.score, range: g.interval, colour: g.examples < 10 ? kGrey : kPalette[0],
    rows: [[report.score, show(g.score)], ['interval', g.interval && isNumber(g.interval[0]) ? g.interval.map(show).join(' to ') : null],
      ['examples', whole(g.examples)]],
  })), {most, show}));
}

function robustnessPanel(report, model) {
  if (!model.robustness.length) return null;
  const show = scoreText(report);
  const rows = [{name: 'as it is', score: model.score, interval: model.interval}, ...model.robustness];
  const most = report.score === 'mean absolute error' ? Math.max(...rows.map((row) => row.score)) : 1;
  return panel('robustness', 'Robustness', `Of ${model.name} on ${model.where}, with each example made harder.`,
      barsWithIntervals('robustness', rows.map((row, i) => ({
        name: row.name, value: row.score, range: row.interval, colour: i ? kPalette[1] : kPalette[0],
        rows: [[report.score, isNumber(row.score) ? show(row.score) : null]],
      })), {most, show}));
}
