// SPDX-License-Identifier: Apache-2.0
// What the plots of a trained model share: a frame with two linear axes, lines through points, and
// intervals.

const isNumber = (value) => typeof value === 'number' && Number.isFinite(value);
const part = (value) => (isNumber(value) ? `${grouped(value * 100, 1)} %` : null);
const wholePercent = (value) => `${grouped(value * 100, 0)} %`;

// Draws the grid of x in [0, xMax] and y in [yMin, yMax]; gives where values are.
function plotFrame(svg, {left, right, top, bottom, xMax, xName, yMin, yMax, yName, yText}) {
  const x = (value) => left + (right - left) * value / (xMax || 1);
  const y = (value) => bottom - (bottom - top) * (value - yMin) / (yMax - yMin || 1);
  for (const value of ticks(yMax - yMin, (bottom - top) / 45).map((step) => yMin + step)) {
    svg.append(line(left, y(value), right, y(value), 'grid'),
        text(left - 6, y(value) + 4, yText(value), {'text-anchor': 'end'}));
  }
  for (const value of ticks(xMax, (right - left) / 75)) {
    svg.append(line(x(value), top, x(value), bottom, 'grid'),
        text(x(value), bottom + 16, String(+value.toPrecision(3)), {'text-anchor': value === 0 ? 'start' : 'middle'}));
  }
  svg.append(line(left, bottom, right, bottom, 'axis'), line(left, top, left, bottom, 'axis'),
      text(right, bottom + 33, `${xName} →`, {'text-anchor': 'end'}), text(4, 13, `↑ ${yName}`));
  return {x, y};
}

function curve(points, frame, colour, more) {
  const where = points.map(([a, b]) => `${frame.x(a).toFixed(1)},${frame.y(b).toFixed(1)}`).join(' ');
  return shape('polyline', {class: 'curve', points: where, stroke: colour, ...more});
}

// Horizontal bars from 0 to 1 or to the largest value, each with its interval. Rows are
// {name, value, range, rows, colour}; their marks show `rows`.
function barsWithIntervals(label, rows, {most, show}) {
  return chart(label, (svg, width) => {
    const names = Math.min(width * 0.36, Math.max(...rows.map((row) => textWidth(row.name, 12.5))) + 14);
    const left = names, right = width - 64, height = 24;
    const x = (value) => left + (right - left) * Math.max(0, Math.min(1, value / most));
    rows.forEach((row, i) => {
      const top = 4 + i * height;
      svg.append(text(left - 8, top + 14, fitted(row.name, left - 10, 12), {'text-anchor': 'end', class: 'strong'}),
          line(left, top + 9, right, top + 9, 'grid'));
      const width = isNumber(row.value) ? Math.max(1, x(row.value) - left) : 0;
      const bar = shape('rect', {class: 'bar', x: left, y: top + 2, width, height: 14, fill: row.colour || kPalette[0]});
      svg.append(mark(bar, row.name, row.rows));
      if (row.range && isNumber(row.range[0])) {
        const [a, b] = row.range.map(x);
        svg.append(line(a, top + 9, b, top + 9, 'interval'), line(a, top + 5, a, top + 13, 'interval'),
            line(b, top + 5, b, top + 13, 'interval'));
      }
      svg.append(text(right + 6, top + 14, isNumber(row.value) ? show(row.value) : kDash));
    });
    return rows.length * height + 8;
  });
}
