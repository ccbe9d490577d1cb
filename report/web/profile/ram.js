// SPDX-License-Identifier: Apache-2.0
// RAM by use, as a bar of what is taken and, below, the same against the board's limit.

function ramParts(profile) {
  return [
    {name: 'arena', bytes: profile.arena_bytes, colour: kPalette[0]},
    {name: 'stack', bytes: profile.stack_bytes, colour: kPalette[1]},
    {name: 'variables', bytes: profile.variables_bytes, colour: kPalette[2]},
  ].filter((part) => isKnown(part.bytes));
}

function stackedBar(label, parts, whole) {
  return chart(label, (svg, width) => {
    let x = 0;
    for (const part of parts) {
      const w = width * part.bytes / whole;
      const box = shape('rect', {class: 'ram', x, y: 0, width: Math.max(1, w - 1), height: 30, fill: part.colour});
      svg.append(mark(box, part.name, [['bytes', grouped(part.bytes, 0)], ['share', percent(part.bytes / whole)]]));
      const inside = [`${part.name} ${kibibytes(part.bytes)}`, part.name].find((label) => textWidth(label, 11) < w - 10);
      if (inside) svg.append(text(x + 6, 19, inside, {fill: inkOn(part.colour), class: 'over'}));
      x += w;
    }
    return 32;
  });
}

function ramPanel(profile) {
  const parts = ramParts(profile), limit = profile.limits && profile.limits.ram_bytes;
  const used = isKnown(profile.ram_bytes) ? profile.ram_bytes : sum(parts, (part) => part.bytes);
  if (!used) return emptyPanel('ram', 'RAM', 'It isn’t known what takes RAM.');
  const unknown = ['stack', 'variables'].filter((name) => !isKnown(profile[`${name}_bytes`]));
  const note = unknown.length ? ` Not known, and not in it: ${unknown.join(', ')}.` : '';
  const body = [stackedBar('RAM by use', parts, used),
    legend(parts.map((part) => ({name: part.name, colour: part.colour, detail: bytes(part.bytes)})))];
  if (!limit) {
    return panel('ram', 'RAM', `${bytes(used)} are taken.${note} There is no limit to hold this against: ${profile.board.name} is a bare core.`, ...body);
  }
  const room = Math.max(0, limit - used);
  const rest = {name: 'free', bytes: room, colour: kGrey};
  return panel('ram', 'RAM', `${bytes(used)} of the board’s ${bytes(limit)} are taken (${percent(used / limit)}).${note}`, ...body,
      element('p', {class: 'note', text: used > limit ? `That is ${bytes(used - limit)} too much.` : 'Against the whole RAM of the board:'}),
      stackedBar('RAM of the board', [...parts, rest].filter((part) => part.bytes > 0), Math.max(used, limit)));
}
