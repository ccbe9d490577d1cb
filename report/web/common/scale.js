// SPDX-License-Identifier: Apache-2.0
// Colours and axes. The colours are Okabe and Ito's, which people with any form of colour blindness can
// tell apart, on light and on dark ground.

const kPalette = ['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00', '#f0e442'];
const kGrey = '#8c8c8c';

// Black or white, whichever can be read on `colour`.
function inkOn(colour) {
  const [r, g, b] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? '#111111' : '#ffffff';
}

// A colour for each name: its own of `fixed`, or the next that is free; grey when all are taken.
// `names` come in the order of their weight.
function assignColours(names, fixed) {
  const colours = new Map();
  for (const name of names) if (fixed[name] !== undefined) colours.set(name, kPalette[fixed[name]]);
  for (const name of names) {
    if (colours.has(name)) continue;
    const taken = [...colours.values()];
    colours.set(name, kPalette.find((colour) => !taken.includes(colour)) || kGrey);
  }
  return colours;
}

// Round positions from 0 to at most `max`, about `wanted` of them.
function ticks(max, wanted) {
  if (!(max > 0)) return [0];
  const rough = max / Math.max(1, wanted);
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((s) => s >= rough * 0.999);
  return Array.from({length: Math.floor(max / step + 1e-6) + 1}, (_, i) => i * step);
}

// The same for bytes: from one KiB on, whole KiB in powers of two.
function byteTicks(max, wanted) {
  if (max < 1024) return ticks(max, wanted);
  const step = 2 ** Math.ceil(Math.log2(max / Math.max(1, wanted)));
  return Array.from({length: Math.floor(max / step) + 1}, (_, i) => i * step);
}

function text(x, y, string, attributes) {
  return shape('text', {x, y, text: string, ...attributes});
}

function line(x1, y1, x2, y2, style) {
  return shape('line', {x1, y1, x2, y2, class: style});
}

// A linear x axis below `y`, 36 pixels high, with the unit at its end.
function xAxis(svg, {left, right, y, max, unit, at}) {
  const steps = ticks(max, (right - left) / 75);
  const decimals = steps.length > 1 ? Math.max(0, -Math.floor(Math.log10(steps[1] * 1.0001))) : 0;
  svg.append(line(left, y, right, y, 'axis'));
  steps.forEach((value, i) => {
    svg.append(line(at(value), y, at(value), y + 4, 'axis'));
    const anchor = i === 0 ? 'start' : at(value) > right - 24 ? 'end' : 'middle';
    svg.append(text(at(value), y + 17, grouped(value, decimals), {'text-anchor': anchor}));
  });
  svg.append(text(right, y + 32, `${unit} →`, {'text-anchor': 'end'}));
}
