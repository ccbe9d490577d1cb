// SPDX-License-Identifier: Apache-2.0
// How the model learned: loss and accuracy of each epoch, of the data that it learned from and of those
// that it didn't.

function learningChart(log, name, own, other) {
  const series = [{key: own, colour: kPalette[0], name: 'training'}, {key: other, colour: kPalette[5], name: 'validation'}]
      .map((s) => ({...s, points: log.filter((row) => isNumber(row[s.key])).map((row) => [row.epoch, row[s.key], row])}))
      .filter((s) => s.points.length);
  if (!series.length) return null;
  const values = series.flatMap((s) => s.points.map((p) => p[1]));
  const isPart = name === 'accuracy';
  const yMax = isPart ? 1 : Math.max(...values) * 1.05;
  const drawn = chart(name, (svg, width) => {
    const frame = plotFrame(svg, {left: 48, right: width - 10, top: 24, bottom: 224, xMax: Math.max(...series.flatMap((s) => s.points.map((p) => p[0])), 1),
      xName: 'epoch', yMin: 0, yMax, yName: name, yText: isPart ? wholePercent : (value) => String(+value.toPrecision(3))});
    for (const s of series) {
      svg.append(curve(s.points, frame, s.colour));
      for (const [epoch, value] of s.points) {
        const dot = shape('circle', {class: 'dot', cx: frame.x(epoch), cy: frame.y(value), r: 3, fill: s.colour});
        svg.append(mark(dot, `epoch ${epoch}`, [[`${s.name} ${name}`, isPart ? part(value) : brief(value)]]));
      }
    }
    return 262;
  });
  return element('div', null, element('h3', {text: name}), drawn, legend(series.map((s) => ({name: s.name, colour: s.colour}))));
}

function learningPanel(report) {
  const log = report.log.filter((row) => isNumber(row.epoch));
  const charts = [learningChart(log, 'loss', 'loss', 'validation_loss'), learningChart(log, 'accuracy', 'accuracy', 'validation_accuracy')].filter(Boolean);
  if (!charts.length) return emptyPanel('learning', 'Learning', 'There is no log.jsonl of a training.');
  const seconds = sumOf(log.map((row) => row.seconds));
  return panel('learning', 'Learning', seconds ? `${whole(log.length)} lines of log.jsonl, ${brief(seconds)} s.` : null,
      element('div', {class: 'sides'}, ...charts));
}

function sumOf(values) {
  return values.filter(isNumber).reduce((a, b) => a + b, 0);
}
