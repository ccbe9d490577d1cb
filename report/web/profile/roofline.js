// SPDX-License-Identifier: Apache-2.0
// How fast operators compute against what the core could do at best: the roof is the lower of its peak
// of MACs per cycle and of what its memory can feed (Williams, Waterman, Patterson 2009).

function rooflineDots(profile) {
  return profile.operators.filter((o) => o.macs > 0 && o.bytes_moved > 0 && o.cycles > 0)
      .map((o) => ({o, x: o.macs / o.bytes_moved, y: o.macs / o.cycles}));
}

function roofAt(roofline, x) {
  return Math.min(roofline.peak_macs_per_cycle, x * roofline.peak_bytes_per_cycle);
}

function logAxis(low, high, from, to) {
  const [a, b] = [Math.log10(low), Math.log10(high)];
  const at = (value) => from + (to - from) * (Math.log10(value) - a) / (b - a);
  const marks = [];
  for (let power = Math.floor(a); power <= Math.ceil(b); ++power) {
    for (const factor of b - a < 2.6 ? [1, 2, 5] : [1]) marks.push(factor * 10 ** power);
  }
  return {at, marks: marks.filter((value) => value >= low * 0.999 && value <= high * 1.001)};
}

function rooflineFrame(svg, dots, roofline, {left, right, top, bottom}) {
  const xs = dots.map((dot) => dot.x), ys = dots.map((dot) => dot.y);
  if (roofline) {
    xs.push(roofline.peak_macs_per_cycle / roofline.peak_bytes_per_cycle);
    ys.push(roofline.peak_macs_per_cycle);
  }
  const x = logAxis(Math.min(...xs) / 2, Math.max(...xs) * 2.5, left, right);
  const y = logAxis(Math.min(...ys) / 2, Math.max(...ys) * 2, bottom, top);
  for (const value of x.marks) {
    svg.append(line(x.at(value), top, x.at(value), bottom, 'grid'),
        text(x.at(value), bottom + 16, String(+value.toPrecision(2)), {'text-anchor': 'middle'}));
  }
  for (const value of y.marks) {
    svg.append(line(left, y.at(value), right, y.at(value), 'grid'),
        text(left - 6, y.at(value) + 4, String(+value.toPrecision(2)), {'text-anchor': 'end'}));
  }
  svg.append(line(left, bottom, right, bottom, 'axis'), line(left, top, left, bottom, 'axis'),
      text(right, bottom + 34, 'MACs per byte moved →', {'text-anchor': 'end'}),
      text(4, 13, '↑ MACs per cycle (estimate)'));
  return {x, y, lowest: Math.min(...xs) / 2, rightmost: Math.max(...xs) * 2.5, floor: Math.min(...ys) / 2};
}

function drawRoof(svg, roofline, {x, y, lowest, rightmost, floor}) {
  const start = Math.max(lowest, floor / roofline.peak_bytes_per_cycle);
  const ridge = roofline.peak_macs_per_cycle / roofline.peak_bytes_per_cycle;
  const points = [start, ridge, rightmost].map((value) => `${x.at(value)},${y.at(roofAt(roofline, value))}`);
  svg.append(shape('polyline', {class: 'roof', points: points.join(' ')}));
  svg.append(text(x.at(rightmost) - 4, y.at(roofline.peak_macs_per_cycle) - 7,
      `${plain(roofline.peak_macs_per_cycle)} MACs/cycle`, {'text-anchor': 'end', class: 'strong'}));
}

const overlap = (a, b) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

// Names for the operators that take the most, where there is room beside the dot.
function labelDots(svg, placed, {left, right, top, bottom}, roofY) {
  const taken = placed.map(({cx, cy, r}) => ({x: cx - r, y: cy - r, w: 2 * r, h: 2 * r}));
  const large = [...placed].sort((a, b) => b.o.share - a.o.share).slice(0, 8);
  for (const {o, cx, cy, r} of large) {
    const name = operatorTitle(o), w = textWidth(name, 11) + 4, h = 14;
    const places = [[cx + r + 2, cy - 7], [cx - r - 2 - w, cy - 7], [cx - w / 2, cy - r - 2 - h], [cx - w / 2, cy + r + 2]]
        .map(([x, y]) => ({x, y, w, h}));
    const free = places.find((box) => box.x > left && box.x + w < right && box.y > top && box.y + h < bottom &&
      !taken.some((other) => overlap(box, other)) && !roofY(box));
    if (!free) continue;
    taken.push(free);
    svg.append(text(free.x + 2, free.y + 11, name, {class: 'over halo'}));
  }
}

function rooflineChart(profile, dots, colours) {
  const {roofline} = profile;
  return chart('roofline', (svg, width) => {
    const box = {left: 46, right: width - 8, top: 24, bottom: (width < 600 ? 260 : 360) + 24};
    const frame = rooflineFrame(svg, dots, roofline, box);
    if (roofline) drawRoof(svg, roofline, frame);
    const placed = dots.map(({o, x, y}) => ({o, x, y, cx: frame.x.at(x), cy: frame.y.at(y), r: 4 + 10 * Math.sqrt(o.share || 0)}));
    for (const {o, x, y, cx, cy, r} of placed) {
      const dot = shape('circle', {class: 'dot', cx, cy, r, fill: colours.get(o.operator), 'data-operator': o.index});
      svg.append(mark(dot, operatorTitle(o), [['MACs per byte', brief(x)], ['MACs per cycle', brief(y)],
        roofline ? ['of the roof', percent(y / roofAt(roofline, x))] : null, ['bytes moved', whole(o.bytes_moved)], ...operatorRows(o)]));
    }
    const lineY = (x) => frame.y.at(roofAt(roofline, frame.lowest * (frame.rightmost / frame.lowest) ** ((x - box.left) / (box.right - box.left))));
    labelDots(svg, placed, box, (b) => roofline && [0, 0.5, 1].some((part) => {
      const y = lineY(b.x + b.w * part);
      return y > b.y - 2 && y < b.y + b.h + 2;
    }));
    return box.bottom + 40;
  });
}

function rooflinePanel(profile, types, colours) {
  const dots = rooflineDots(profile);
  if (!dots.length) {
    const why = profile.timing ? 'No operator multiplies and accumulates.' : `There are no cycles: ${whyNoTime(profile)}.`;
    return emptyPanel('roofline', 'Roofline', why);
  }
  const note = profile.roofline
    ? 'Each dot is an operator with MACs, as large as its share. Its distance below the roof is what a faster kernel could gain; ' +
      `the slope is what the memory feeds (${plain(profile.roofline.peak_bytes_per_cycle)} bytes per cycle), the flat part what the core computes.`
    : 'Each dot is an operator with MACs. The core’s peak isn’t known, so no roof is drawn.';
  const present = new Set(dots.map(({o}) => o.operator));
  return panel('roofline', 'Roofline', note, rooflineChart(profile, dots, colours),
      legend(types.filter((type) => present.has(type.name)).map((type) => ({name: type.name, colour: colours.get(type.name)}))));
}
