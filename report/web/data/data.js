// SPDX-License-Identifier: Apache-2.0
// The page of a data set (mote.data/1): how many examples of what, what is wrong with them, and some to
// hear and see.

const kParts = ['train', 'validation', 'test'];
const kPartColours = {train: kPalette[0], validation: kPalette[1], test: kPalette[2]};
const sumOfParts = (row) => kParts.reduce((sum, part) => sum + row[part], 0);
const seconds = (value) => (value < 60 ? `${brief(value)} s` : value < 3600 ? `${brief(value / 60)} min` : `${brief(value / 3600)} h`);

function dataTiles(data) {
  const total = data.classes.reduce((sum, row) => sum + row.seconds, 0);
  const serious = data.findings.filter((finding) => finding.serious).length;
  const tile = (name, value, detail) => element('div', {class: 'tile'}, element('h3', {text: name}),
      element('div', {class: 'value', text: value}), detail ? element('div', {class: 'muted', text: detail}) : null);
  return element('div', {class: 'tiles'},
      tile('Examples', whole(data.examples), total ? seconds(total) : ''),
      ...kParts.map((part) => tile(part[0].toUpperCase() + part.slice(1),
          whole(data.classes.reduce((sum, row) => sum + row[part], 0)))),
      data.task === 'regression' ? null : tile('Classes', whole(data.classes.length)),
      data.groups ? tile('Groups', whole(data.groups)) : null,
      tile('Findings', whole(data.findings.length), serious ? `${whole(serious)} serious` : 'none serious'));
}

// A bar for each class, its parts one after the other.
function balanceChart(rows) {
  return chart('examples of each class', (svg, width) => {
    const left = Math.min(160, width * 0.3), right = width - 8, step = 24;
    const max = Math.max(1, ...rows.map(sumOfParts)), at = (value) => left + (right - left) * value / max;
    rows.forEach((row, i) => {
      svg.append(text(left - 8, i * step + 15, fitted(row.name, left - 12, 11), {'text-anchor': 'end'}));
      let from = 0;
      for (const part of kParts.filter((name) => row[name])) {
        const bar = shape('rect', {class: 'bar', x: at(from), y: i * step + 2, height: step - 6,
          width: Math.max(1, at(from + row[part]) - at(from)), fill: kPartColours[part]});
        svg.append(mark(bar, row.name, [[part, whole(row[part])], ['all', whole(sumOfParts(row))],
          ['duration', row.seconds ? seconds(row.seconds) : null]]));
        from += row[part];
      }
    });
    xAxis(svg, {left, right, y: rows.length * step, max, unit: 'examples', at});
    return rows.length * step + 38;
  });
}

function classesPanel(data) {
  const columns = [
    {name: 'class', value: (row) => row.name, full: (row) => row.name},
    ...kParts.map((part) => ({name: part, value: (row) => row[part], show: whole, number: true})),
    {name: 'all', value: sumOfParts, show: whole, number: true, share: true},
    {name: 'duration', value: (row) => row.seconds || null, show: seconds, number: true},
  ];
  const entries = kParts.map((name) => ({name, colour: kPartColours[name]}));
  return panel('classes', 'Classes', 'Training learns from one part, validation chooses the best epoch, the test judges.',
      balanceChart(data.classes), legend(entries), table('Classes', columns, data.classes));
}

function targetsPanel(data) {
  const rows = kParts.filter((part) => data.targets[part]).map((part) => ({part, ...data.targets[part]}));
  const value = (key) => ({name: key, value: (row) => row[key], show: brief, number: true});
  return panel('targets', 'Targets', 'A part whose range is wider than that of training asks what was never learned.',
      table('Targets', [{name: 'part', value: (row) => row.part}, value('low'), value('mean'), value('high')], rows));
}

function durationsPanel(data) {
  const {counts, bin_s: bin, shortest_s: shortest, median_s: median, longest_s: longest} = data.durations;
  const most = Math.max(1, ...counts);
  if (shortest === longest) return panel('durations', 'Durations', `All last ${seconds(longest)}.`);
  return panel('durations', 'Durations', `Shortest ${seconds(shortest)}, median ${seconds(median)}, longest ${seconds(longest)}.`,
      chart('durations', (svg, width) => {
        const left = 52, right = width - 8, top = 8, high = 150, bottom = top + high, wide = (right - left) / counts.length;
        for (const value of ticks(most, 4)) {
          const y = bottom - high * value / most;
          svg.append(line(left, y, right, y, 'grid'), text(left - 6, y + 4, whole(value), {'text-anchor': 'end'}));
        }
        counts.forEach((value, i) => {
          if (!value) return;
          const bar = shape('rect', {class: 'duration', x: left + i * wide + 0.5, width: Math.max(1, wide - 1),
            y: bottom - high * value / most, height: high * value / most, fill: kPalette[0]});
          svg.append(mark(bar, `${plain(i * bin)} to ${plain((i + 1) * bin)} s`, [['examples', whole(value)]]));
        });
        const max = bin * counts.length;
        xAxis(svg, {left, right, y: bottom, max, unit: 'seconds', at: (value) => left + (right - left) * value / max});
        return bottom + 38;
      }));
}

function findingNode(finding) {
  const more = finding.count - finding.examples.length;
  return element('details', {class: 'finding'},
      element('summary', {class: finding.serious ? 'warning' : null},
          `${finding.serious ? '! ' : ''}${finding.kind} (${whole(finding.count)}): `, element('span', {class: 'muted', text: finding.what})),
      element('ul', null, ...finding.examples.map((example) => element('li', {text: example})),
          more > 0 ? element('li', {class: 'muted', text: `and ${whole(more)} more`}) : null));
}

function findingsPanel(data) {
  if (!data.findings.length) return emptyPanel('findings', 'Findings', 'Nothing to complain about.');
  return panel('findings', 'Findings', 'What spoils a model, or flatters its test, is marked with "!". Open one to see which examples.',
      ...data.findings.map(findingNode));
}

const kLineHeight = 90;

// All channels on one scale.
function seriesChart(sample) {
  return chart(sample.path, (svg, width) => {
    const all = sample.series.flatMap((channel) => channel.values);
    const low = Math.min(...all), high = Math.max(...all), span = high - low || 1;
    sample.series.forEach((channel, c) => {
      const last = Math.max(1, channel.values.length - 1);
      const points = channel.values.map((value, i) => `${(width * i / last).toFixed(1)},${(4 + (kLineHeight - 8) * (high - value) / span).toFixed(1)}`);
      svg.append(shape('polyline', {class: 'series', points: points.join(' '), fill: 'none', stroke: kPalette[c % kPalette.length], 'stroke-width': 1.2}));
    });
    svg.append(text(2, 11, brief(high), {class: 'halo'}), text(2, kLineHeight - 3, brief(low), {class: 'halo'}));
    return kLineHeight;
  });
}

function sampleNode(sample) {
  const uri = (value, start) => (String(value).startsWith(start) ? value : null);
  return element('figure', {class: 'sample'},
      sample.audio ? element('audio', {controls: '', preload: 'none', src: uri(sample.audio, 'data:audio/wav;base64,')}) : null,
      sample.picture ? element('img', {alt: sample.path, src: uri(sample.picture, 'data:image/png;base64,')}) : null,
      sample.series ? seriesChart(sample) : null,
      element('figcaption', {class: 'muted', title: sample.path, text: `${sample.path}, ${sample.split}`}));
}

function samplesPanel(data) {
  if (!data.samples || !data.samples.length) return emptyPanel('samples', 'Samples', 'This report was made without samples.');
  const names = [...new Set(data.samples.map((sample) => sample.class))];
  const series = data.samples.find((sample) => sample.series);
  return panel('samples', 'Samples', 'As the model gets them: resampled, cut or padded, resized.',
      series ? legend(series.series.map((channel, c) => ({name: channel.name, colour: kPalette[c % kPalette.length]}))) : null,
      ...names.flatMap((name) => [element('h3', {text: name}), element('div', {class: `samples ${data.kind}`},
          ...data.samples.filter((sample) => sample.class === name).map(sampleNode))]));
}

function dataPage(data) {
  return [
    element('header', null, element('h1', {text: `Data of ${data.project}`}),
        element('p', {class: 'note', text: `${data.task}, ${data.kind}; ${data.path}`}), dataTiles(data)),
    findingsPanel(data),
    data.task === 'regression' ? null : classesPanel(data),
    data.targets ? targetsPanel(data) : null,
    data.durations ? durationsPanel(data) : null,
    samplesPanel(data),
  ].filter(Boolean);
}

pages['mote.data/1'] = dataPage;
