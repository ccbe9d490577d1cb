// SPDX-License-Identifier: Apache-2.0
// What a classifier answers: the confusion matrix as a heat map, each class's figures, receiver operating
// characteristics, and whether its confidence is worth something.

function confusionPanel(model) {
  const c = model.classification;
  if (!c) return null;
  const names = c.classes.map((one) => one.name);
  const drawn = chart('confusion matrix', (svg, width) => {
    const side = Math.max(...names.map((name) => textWidth(name, 12.5)));
    const left = Math.min(side + 14, width * 0.28), top = 22;
    const size = Math.min(46, (width - left - 6) / names.length);
    svg.append(text(left, 13, 'the model’s answer →'));
    c.confusion.forEach((row, i) => {
      const all = row.reduce((a, b) => a + b, 0);
      svg.append(text(left - 6, top + (i + 0.5) * size + 4, fitted(names[i], left - 8, 12), {'text-anchor': 'end', class: 'strong'}));
      row.forEach((n, j) => {
        const share = all ? n / all : 0;
        const box = shape('rect', {class: 'heat', x: left + j * size, y: top + i * size, width: size - 1, height: size - 1,
          fill: i === j ? kPalette[0] : kPalette[5], 'fill-opacity': n ? 0.12 + 0.88 * share : 0.04});
        svg.append(mark(box, `${names[i]} called ${names[j]}`, [['examples', whole(n)], [`of all ${names[i]}`, part(share)]]));
        if (n && size > 16) {
          svg.append(text(left + (j + 0.5) * size, top + (i + 0.5) * size + 4, whole(n),
              {'text-anchor': 'middle', 'font-size': Math.min(11, size / 2.4),
                ...(share > 0.5 ? {fill: inkOn(i === j ? kPalette[0] : kPalette[5])} : {class: 'strong'})}));
        }
      });
    });
    const bottom = top + names.length * size;
    names.forEach((name, j) => {
      const x = left + (j + 0.5) * size + 4;
      svg.append(text(x, bottom + 8, fitted(name, 84, 11), {'text-anchor': 'end', transform: `rotate(-60 ${x} ${bottom + 8})`}));
    });
    return bottom + 82;
  });
  return panel('confusion', 'Confusion', `Rows are what was right, columns what ${model.name} on ${model.where} said; the darker, the larger the part of the row.`, drawn);
}

function classesPanel(model) {
  const c = model.classification;
  if (!c) return null;
  return panel('classes', 'Classes', `Of ${model.name} on ${model.where}.`, table('Classes', [
    {name: 'class', value: (row) => row.name},
    {name: 'examples', value: (row) => row.examples, show: whole, number: true},
    {name: 'precision', value: (row) => row.precision, show: part, number: true},
    {name: 'recall', value: (row) => row.recall, show: part, number: true, share: true},
    {name: 'F1', value: (row) => row.f1, show: part, number: true},
    {name: 'AUC', value: (row) => row.auc, show: (value) => grouped(value, 3), number: true},
  ], c.classes));
}

function rocPanel(report, model) {
  const rocs = model.roc.filter((roc) => roc.points.length);
  if (!rocs.length) return report.task === 'regression' ? null
    : emptyPanel('roc', 'Receiver operating characteristic', 'There aren’t both examples of a class and others.');
  const colours = rocs.map((roc, i) => kPalette[i] || kGrey);
  const drawn = chart('receiver operating characteristic', (svg, width) => {
    const size = Math.min(width - 60, 420);
    const frame = plotFrame(svg, {left: 48, right: 48 + size, top: 24, bottom: 24 + Math.min(size, 340), xMax: 1, xName: 'false positives',
      yMin: 0, yMax: 1, yName: 'true positives', yText: wholePercent});
    svg.append(line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), 'grid'));
    rocs.forEach((roc, i) => svg.append(mark(curve(roc.points, frame, colours[i]), roc.name, [['AUC', grouped(roc.auc, 3)]])));
    return 24 + Math.min(size, 340) + 40;
  });
  const at = `false positives at ${percent(report.recall)} recall`;
  return panel('roc', 'Receiver operating characteristic', `Of ${model.name} on ${model.where}, each class against the rest.`,
      element('div', {class: 'sides'}, drawn, table('AUC', [
        {name: 'class', value: (row) => row.name, swatch: (row) => colours[rocs.indexOf(row)]},
        {name: 'AUC', value: (row) => row.auc, show: (value) => grouped(value, 3), number: true},
        {name: at, value: (row) => row.at_recall && row.at_recall.false_positive_rate, show: part, number: true},
      ], rocs)));
}

function calibrationPanel(model) {
  const c = model.calibration;
  if (!c) return null;
  const bins = c.bins.filter((bin) => bin.examples);
  const most = Math.max(...bins.map((bin) => bin.examples));
  const drawn = chart('calibration', (svg, width) => {
    const size = Math.min(width - 60, 420);
    const frame = plotFrame(svg, {left: 48, right: 48 + size, top: 24, bottom: 24 + Math.min(size, 300), xMax: 1, xName: 'confidence',
      yMin: 0, yMax: 1, yName: 'right answers', yText: wholePercent});
    svg.append(line(frame.x(0), frame.y(0), frame.x(1), frame.y(1), 'grid'));
    for (const bin of bins) {
      const dot = shape('circle', {class: 'dot', cx: frame.x(bin.confidence), cy: frame.y(bin.accuracy),
        r: 3 + 8 * Math.sqrt(bin.examples / most), fill: kPalette[0]});
      svg.append(mark(dot, `confidence ${part(bin.low)} to ${part(bin.high)}`, [['examples', whole(bin.examples)],
        ['mean confidence', part(bin.confidence)], ['right', part(bin.accuracy)]]));
    }
    return 24 + Math.min(size, 300) + 40;
  });
  return panel('calibration', 'Calibration', `A dot for each range of confidence, as large as its examples are many. On the line, the model is as often right as it ` +
    `says; below it is too sure of itself. Expected calibration error ${part(c.error)}.`, drawn);
}
