// SPDX-License-Identifier: Apache-2.0
// A table that sorts by a click on a column's head. A column is {name, value, show, number, share,
// title}: value(row) is what is sorted by, show(value, row) its text (default: as it is), share draws a
// bar as long as the value is beside the column's largest. A column without any value is left out.

function cell(column, row, largest) {
  const value = column.value(row);
  const known = value !== null && value !== undefined;
  const shown = known ? (column.show ? column.show(value, row) : String(value)) : kDash;
  const td = element('td', {class: column.number ? 'number' : 'word', text: shown,
    title: column.full ? column.full(row) : null});
  if (column.share && known) {
    td.classList.add('share');
    td.style.setProperty('--share', value / (largest || 1));
  }
  if (column.swatch) {
    td.prepend(element('span', {class: 'swatch', style: {'--colour': column.swatch(row)}}));
  }
  return td;
}

// Unknown values come last, whichever way it is sorted.
function compareBy(column, falling) {
  return (a, b) => {
    const [x, y] = [column.value(a), column.value(b)];
    const [noX, noY] = [x === null || x === undefined, y === null || y === undefined];
    if (noX || noY) return noX - noY;
    const order = typeof x === 'number' ? x - y : String(x).localeCompare(String(y), 'en', {numeric: true});
    return falling ? -order : order;
  };
}

function sortable(head, columns, column, redraw) {
  const th = element('th', {scope: 'col', class: column.number ? 'number' : 'word', title: column.title});
  th.append(element('button', {type: 'button', text: column.name, onclick: () => {
    const now = th.getAttribute('aria-sort');
    const falling = now ? now === 'ascending' : Boolean(column.number && !column.index);
    for (const other of head.children) other.removeAttribute('aria-sort');
    th.setAttribute('aria-sort', falling ? 'descending' : 'ascending');
    redraw(column, falling);
  }}));
  return th;
}

// `operator(row)`, if given, is the operator that a row belongs to and lights up with.
function table(caption, allColumns, rows, operator) {
  const known = (column) => rows.some((row) => column.value(row) !== null && column.value(row) !== undefined);
  const columns = allColumns.filter(known);
  const largest = new Map(columns.filter((column) => column.share)
      .map((column) => [column, Math.max(...rows.map((row) => column.value(row) || 0))]));
  const lines = new Map(rows.map((row) => {
    const tr = element('tr', operator ? {'data-operator': operator(row)} : null,
        ...columns.map((column) => cell(column, row, largest.get(column))));
    if (operator) {
      tr.addEventListener('pointerenter', () => light(operator(row), true));
      tr.addEventListener('pointerleave', () => light(operator(row), false));
    }
    return [row, tr];
  }));
  const body = element('tbody', null, ...lines.values());
  const head = element('tr');
  const redraw = (column, falling) => {
    const sorted = [...rows].sort(compareBy(column, falling));
    body.replaceChildren(...sorted.map((row) => lines.get(row)));
  };
  head.append(...columns.map((column) => sortable(head, columns, column, redraw)));
  return element('div', {class: 'scroll', tabindex: 0, role: 'region', 'aria-label': caption},
      element('table', null, element('caption', {text: caption}), element('thead', null, head), body));
}
