// SPDX-License-Identifier: Apache-2.0
// Flash as nested rectangles, rooms and in them their parts, as near to squares as can be
// (Bruls, Huizing, van Wijk 2000: fill the shorter side with a row for as long as its worst aspect
// ratio falls).

// The worst aspect ratio in a row of these areas along `side`.
function worst(areas, side) {
  const total = areas.reduce((a, b) => a + b, 0);
  return Math.max(...areas.map((area) => Math.max(side * side * area / total ** 2, total ** 2 / (side * side * area))));
}

// Places `items` ({size}, largest first) in `box`; gives each {item, x, y, w, h}.
function squarify(items, box) {
  const scale = box.w * box.h / (items.reduce((total, item) => total + item.size, 0) || 1);
  const placed = [];
  let {x, y, w, h} = box, at = 0;
  while (at < items.length) {
    const side = Math.min(w, h);
    let end = at + 1;
    const areas = [items[at].size * scale];
    while (end < items.length && worst([...areas, items[end].size * scale], side) <= worst(areas, side)) {
      areas.push(items[end++].size * scale);
    }
    const thick = side > 0 ? areas.reduce((a, b) => a + b, 0) / side : 0;
    let along = 0;
    areas.forEach((area, i) => {
      const length = thick > 0 ? area / thick : 0;
      placed.push(w >= h ? {item: items[at + i], x, y: y + along, w: thick, h: length}
        : {item: items[at + i], x: x + along, y, w: length, h: thick});
      along += length;
    });
    if (w >= h) { x += thick; w -= thick; } else { y += thick; h -= thick; }
    at = end;
  }
  return placed;
}

const flashBytes = (part) => (part.text || 0) + (part.rodata || 0) + (part.data || 0);

// The model's image by operator: the constants that each reads, and the rest. As it is where several
// operators read the same constants, for then they don't add up.
function modelCells(part, operators) {
  const readers = operators.filter((o) => o.constant_bytes > 0);
  const constants = sum(readers, (o) => o.constant_bytes);
  if (!readers.length || constants > flashBytes(part)) return [{name: part.part, size: flashBytes(part), part}];
  const cells = readers.map((o) => ({name: operatorTitle(o), size: o.constant_bytes, operator: o}));
  const rest = flashBytes(part) - constants;
  return rest ? [...cells, {name: 'plan, alignment', size: rest}] : cells;
}

// Rooms, largest first, with their cells, largest first; without what is there for the virtual board only.
function flashRooms(profile) {
  const rooms = new Map();
  for (const part of profile.flash || []) {
    if (!flashBytes(part) || part.harness) continue;
    const model = part.room === 'model' && part.part === 'image';
    const cells = model ? modelCells(part, profile.operators) : [{name: part.part, size: flashBytes(part), part}];
    rooms.set(part.room, [...(rooms.get(part.room) || []), ...cells]);
  }
  return [...rooms].map(([name, cells]) => ({name, size: sum(cells, (c) => c.size), cells: cells.sort((a, b) => b.size - a.size)}))
      .sort((a, b) => b.size - a.size);
}

function flashCell(svg, room, {item, x, y, w, h}, colour, total) {
  const {part, operator} = item;
  const box = shape('rect', {class: 'cell', x: x + 0.5, y: y + 0.5, width: Math.max(0.5, w - 1), height: Math.max(0.5, h - 1),
    fill: colour, 'data-operator': operator && operator.index});
  svg.append(mark(box, `${room.name}: ${item.name}`, [['bytes', whole(item.size)], ['share of flash', percent(item.size / total)],
    ['text', part && part.text ? whole(part.text) : null], ['rodata', part && part.rodata ? whole(part.rodata) : null],
    ['data', part && part.data ? whole(part.data) : null], ['output', operator && tensorName(operator.output)]]));
  const cut = fitted(item.name, w - 8, 11);
  const name = cut === item.name || cut.length > 8 ? cut : operator ? `#${operator.index}` : cut;
  const attributes = {fill: inkOn(colour), class: 'over'};
  if (h < 17 || textWidth(name, 11) > w - 6) return;
  svg.append(text(x + 4, y + 13, name, attributes));
  const size = [bytes(item.size), kibibytes(item.size)].find((label) => textWidth(label, 11) < w - 8);
  if (h >= 31 && size) svg.append(text(x + 4, y + 27, size, attributes));
}

function flashChart(rooms, colours, total) {
  return chart('flash by room and part', (svg, width) => {
    const height = width < 600 ? 380 : 420;
    for (const {item: room, ...box} of squarify(rooms, {x: 0, y: 0, w: width, h: height})) {
      const title = fitted(`${room.name}, ${bytes(room.size)}`, box.w - 8, 11);
      const head = box.h > 44 && title.length > 4 ? 17 : 0;
      if (head) svg.append(text(box.x + 3, box.y + 13, title, {class: 'strong'}));
      const inner = {x: box.x + 1, y: box.y + 1 + head, w: Math.max(0.1, box.w - 2), h: Math.max(0.1, box.h - 2 - head)};
      for (const cell of squarify(room.cells, inner)) flashCell(svg, room, cell, colours.get(room.name), total);
    }
    return height;
  });
}

function flashPanel(profile) {
  const rooms = flashRooms(profile), total = sum(rooms, (room) => room.size);
  if (!total) return emptyPanel('flash', 'Flash', 'It isn’t known what takes flash: the profile holds no sections of a firmware.');
  const colours = assignColours(rooms.map((room) => room.name), {model: 4, ops: 1, runtime: 2});
  const limit = profile.limits && profile.limits.flash_bytes;
  return panel('flash', 'Flash',
      `${bytes(total)} by room and part; the area is bytes.${limit ? ` The board has ${bytes(limit)}.` : ''} The model’s constants are shown by the operator that reads them, where no two share them.`,
      flashChart(rooms, colours, total),
      legend(rooms.map((room) => ({name: room.name, colour: colours.get(room.name), detail: bytes(room.size)}))));
}
