// SPDX-License-Identifier: Apache-2.0
// The arena over time: operators run to the right, addresses rise. Each buffer is a box from the
// operator that writes it first to the one that reads it last. And what else takes RAM.

const allocationEnd = (a) => a.offset + a.bytes;

// The highest byte taken while each operator runs.
function highWater(profile) {
  return profile.operators.map((_, i) => Math.max(0, ...profile.allocations
      .filter((a) => a.first_operator <= i && i <= a.last_operator).map(allocationEnd)));
}

// Where the highest byte is taken; among equals where most bytes live.
function peakOperator(profile) {
  const water = highWater(profile);
  const live = (i) => profile.operators[i].live_bytes || 0;
  return water.reduce((best, bytesAt, i) =>
    (bytesAt > water[best] || bytesAt === water[best] && live(i) > live(best) ? i : best), 0);
}

function allocationBox(svg, profile, a, {x, width, y, height, colour}) {
  const box = shape('rect', {class: `allocation ${a.kind}`, x: x + 0.5, y, width: Math.max(1, width - 1),
    height: Math.max(1, height), fill: colour});
  const writer = profile.operators[a.first_operator];
  if (writer) box.dataset.operator = writer.index;
  svg.append(mark(box, tensorName(a.name), [
    ['bytes', whole(a.bytes)], ['from', `${whole(a.offset)} to ${whole(allocationEnd(a))}`], ['kind', a.kind],
    ['lives from', operatorAt(profile, a.first_operator)], ['to', operatorAt(profile, a.last_operator)]]));
  const attributes = {fill: a.kind === 'scratch' ? 'var(--text)' : inkOn(colour), class: 'over'};
  const full = tensorName(a.name), name = fitted(full, width - 8, 11), size = kibibytes(a.bytes);
  const lines = [name === full || name.length > 10 ? name : '', textWidth(size, 11) < width - 8 ? size : ''];
  lines.filter((label) => label).slice(0, Math.max(0, Math.floor((height - 2) / 13)))
      .forEach((label, i) => svg.append(text(x + 4, y + 13 * (i + 1), label, attributes)));
}

function bytesAxis(svg, {left, right, bottom, high, max}) {
  for (const value of byteTicks(max, high / 45)) {
    const y = bottom - high * value / max;
    svg.append(line(left, y, right, y, 'grid'), text(left - 6, y + 4, value ? kibibytes(value) : '0', {'text-anchor': 'end'}));
  }
}

// Below the axis a square for each operator in its type's colour, and as many numbers as fit.
function operatorStrip(svg, profile, colours, {at, wide, bottom}) {
  const every = Math.ceil(26 / wide);
  profile.operators.forEach((o, i) => {
    const square = shape('rect', {class: 'column', x: at(i) + 0.5, y: bottom + 4, width: Math.max(1, wide - 1), height: 10,
      fill: colours.get(o.operator), 'data-operator': o.index});
    svg.append(mark(square, operatorTitle(o), [['live', bytes(o.live_bytes)], ...operatorRows(o)]));
    if (i % every === 0) svg.append(text(at(i) + wide / 2, bottom + 28, `#${o.index}`, {'text-anchor': 'middle'}));
  });
}

function memoryMap(profile, colours) {
  return chart('arena over operators', (svg, width) => {
    const left = 66, top = 24, high = width < 600 ? 240 : 320, bottom = top + high, right = width - 2;
    const wide = (right - left) / (profile.operators.length + 2);
    const at = (operator) => left + (operator + 1) * wide;
    const max = Math.max(profile.arena_bytes || 1, ...profile.allocations.map(allocationEnd));
    const peak = peakOperator(profile), peakY = bottom - high * Math.max(0, ...highWater(profile)) / max;
    if (profile.operators.length) svg.append(shape('rect', {class: 'peak', x: at(peak), y: top, width: wide, height: high}));
    bytesAxis(svg, {left, right, bottom, high, max});
    for (const a of profile.allocations) {
      const writer = profile.operators[a.first_operator];
      allocationBox(svg, profile, a, {x: at(a.first_operator), width: (a.last_operator - a.first_operator + 1) * wide,
        y: bottom - high * allocationEnd(a) / max, height: high * a.bytes / max,
        colour: writer ? colours.get(writer.operator) : kGrey});
    }
    svg.append(line(left, bottom, right, bottom, 'axis'), line(left, peakY, right, peakY, 'limit'));
    svg.append(text(left, peakY - 8, fitted(`arena ${bytes(profile.arena_bytes)}, full at ${operatorAt(profile, peak)}`, right - left, 11)));
    operatorStrip(svg, profile, colours, {at, wide, bottom});
    return bottom + 34;
  });
}

function memoryPanel(profile, types, colours) {
  if (!profile.allocations || !profile.allocations.length) {
    return emptyPanel('memory', 'Memory map over time', 'The model takes nothing from the arena.');
  }
  const {arena_bytes: arena, arena_lower_bound_bytes: bound} = profile;
  const left = !isKnown(bound) ? '' : arena > bound
    ? ` No plan can need less than ${bytes(bound)}, so at most ${bytes(arena - bound)} could be saved in this order.`
    : ' That is the lower bound: no plan in this order of operators needs less.';
  return panel('memory', 'Memory map over time',
      `Operators run to the right, addresses rise. A box is a buffer, in the colour of the operator that writes it. The arena takes ${bytes(arena)}.${left}`,
      memoryMap(profile, colours),
      legend([...types.map((type) => ({name: type.name, colour: colours.get(type.name)})),
        {name: 'model input', colour: kGrey},
        ...['scratch', 'state'].filter((kind) => profile.allocations.some((a) => a.kind === kind))
            .map((kind) => ({name: kind, colour: '#8c8c8c', style: kind}))]));
}
