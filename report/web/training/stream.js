// SPDX-License-Identifier: Apache-2.0
// A keyword spotter on long recordings: what a threshold costs in false accepts per hour and in words that
// are missed, each word's share, and what there was when it heard wrongly.

const perHour = (value) => (isNumber(value) ? grouped(value, value < 100 ? 1 : 0) : null);
const inSeconds = (value) => (isNumber(value) ? `${grouped(value, 2)} s` : null);

// The thresholds to look at: the one that was listened with, and the one for the wanted rate if it is another.
function streamChoices(stream) {
  const {chosen, threshold} = stream;
  return [chosen && chosen.threshold !== threshold ? [chosen, kPalette[2], `for at most ${plain(stream.wanted_false_accepts_per_hour)} false accepts per hour`] : null,
    [stream, kPalette[5], `threshold ${grouped(threshold, 3)}`]].filter(Boolean);
}

// With words, what is missed over false accepts per hour; without, these over the threshold.
function streamCurve(stream) {
  const words = stream.words > 0;
  // What lies far to the right of both thresholds, nobody would choose.
  const points = stream.curve.filter((p) => !words || p.threshold >= Math.min(0.3, stream.threshold));
  const rows = (p) => [['threshold', grouped(p.threshold, 3)], ['false accepts per hour', perHour(p.false_accepts_per_hour)],
    ['words missed', part(p.false_reject_rate)]];
  const most = Math.max(...points.map((p) => p.false_accepts_per_hour), 1);
  const place = words ? (p) => [p.false_accepts_per_hour, p.false_reject_rate] : (p) => [p.threshold, p.false_accepts_per_hour];
  return chart('false accepts', (svg, width) => {
    const frame = plotFrame(svg, {left: 48, right: Math.min(width - 12, 700), top: 24, bottom: 264, xMax: words ? most : 1,
      xName: words ? 'false accepts per hour' : 'threshold', yMin: 0, yMax: words ? 1 : most,
      yName: words ? 'words missed' : 'false accepts per hour', yText: words ? wholePercent : (value) => perHour(value)});
    svg.append(curve(points.map(place), frame, kPalette[0]));
    for (const p of points.filter((_, i) => i % 8 === 0)) {
      const [a, b] = place(p);
      svg.append(mark(shape('circle', {class: 'dot', cx: frame.x(a), cy: frame.y(b), r: 3, fill: kPalette[0]}), 'threshold', rows(p)));
    }
    for (const [point, colour, name] of streamChoices(stream)) {
      const [a, b] = place(point);
      svg.append(mark(shape('circle', {class: 'dot', cx: frame.x(a), cy: frame.y(b), r: 6, fill: colour}), name, rows(point)));
    }
    return 302;
  });
}

const duration = (hours) => (hours < 1 ? `${brief(60 * hours)} minutes` : `${brief(hours)} hours`);

function streamSummary(stream) {
  const missed = stream.words ? `${whole(stream.missed)} of ${whole(stream.words)} words missed (${part(stream.false_reject_rate)}, ` +
    `95 % interval ${stream.false_reject_interval.map(part).join(' to ')}), ` : '';
  return `${stream.words ? '' : 'No words are marked, so all that is heard is false. '}${duration(stream.hours)}, one score each ${plain(stream.hop_s)} s, ${stream.smoothing} averaged. ` +
    `At threshold ${grouped(stream.threshold, 3)}: ${missed}${perHour(stream.false_accepts_per_hour)} false accepts per hour ` +
    `(95 % interval ${stream.false_accepts_interval.map(perHour).join(' to ')})` +
    (isNumber(stream.latency_s) ? `, heard ${inSeconds(stream.latency_s)} after a word’s end (median).` : '.');
}

function streamPanel(report) {
  const {stream} = report;
  if (!stream) return null;
  const spoken = stream.words > 0;
  const words = table('Words', [
    {name: 'word', value: (row) => row.name},
    {name: 'spoken', value: (row) => (spoken ? row.words : null), show: whole, number: true},
    {name: 'missed', value: (row) => (row.words ? row.missed / row.words : null), show: part, number: true, share: true},
    {name: 'false accepts', value: (row) => row.false_accepts, show: whole, number: true},
    {name: 'per hour', value: (row) => row.false_accepts_per_hour, show: perHour, number: true},
    {name: 'latency', value: (row) => row.latency_s, show: inSeconds, number: true},
  ], stream.by_word);
  const during = stream.during.length ? table('False accepts', [
    {name: 'what there was', value: (row) => row.name || 'nothing marked'},
    {name: 'false accepts', value: (row) => row.false_accepts, show: whole, number: true, share: true},
  ], stream.during) : null;
  const wanted = `${plain(stream.wanted_false_accepts_per_hour)} false accepts per hour`;
  const chosen = stream.chosen ? `At most ${wanted}: threshold ${grouped(stream.chosen.threshold, 3)}${spoken ? `, which misses ${part(stream.chosen.false_reject_rate)}` : ''}.`
    : `No threshold keeps to ${wanted}.`;
  return panel('stream', 'Long recordings', streamSummary(stream), streamCurve(stream),
      legend(streamChoices(stream).map(([, colour, name]) => ({name, colour}))), element('p', {class: 'note', text: chosen}),
      words, during);
}
