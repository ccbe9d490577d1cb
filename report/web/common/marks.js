// SPDX-License-Identifier: Apache-2.0
// Marks are the parts of a chart that can be asked: a pointer over one, or the keyboard's focus, shows
// its details and lights up all that belongs to the same operator. A chart is one stop of the Tab
// key; the arrow keys move inside it.

const kTip = document.body.appendChild(
    element('div', {id: 'tip', role: 'tooltip', hidden: ''}));

function moveTip(x, y) {
  const box = kTip.getBoundingClientRect();
  const left = x + 14 + box.width > window.innerWidth ? x - box.width - 14 : x + 14;
  const top = y + 14 + box.height > window.innerHeight ? y - box.height - 14 : y + 14;
  kTip.style.left = `${Math.max(4, left)}px`;
  kTip.style.top = `${Math.max(4, top)}px`;
}

function showTip(title, rows, x, y) {
  const list = element('dl');
  for (const [name, value] of rows) {
    list.append(element('dt', {text: name}), element('dd', {text: value}));
  }
  kTip.replaceChildren(element('strong', {text: title}), list);
  kTip.hidden = false;
  moveTip(x, y);
}

function light(operator, on) {
  if (operator === undefined) return;
  for (const node of document.querySelectorAll(`[data-operator="${Number(operator)}"]`)) {
    node.classList.toggle('lit', on);
  }
}

// Makes `node` a mark. `rows` are [name, value]; those without value are left out.
function mark(node, title, rows) {
  const known = rows.filter((row) => row && row[1] !== null && row[1] !== undefined);
  const leave = () => { kTip.hidden = true; light(node.dataset.operator, false); };
  node.classList.add('mark');
  node.setAttribute('role', 'img');
  node.setAttribute('aria-label', `${title}: ${known.map((row) => row.join(' ')).join(', ')}`);
  node.addEventListener('pointerenter', (event) => {
    light(node.dataset.operator, true);
    showTip(title, known, event.clientX, event.clientY);
  });
  node.addEventListener('pointermove', (event) => moveTip(event.clientX, event.clientY));
  node.addEventListener('pointerleave', leave);
  node.addEventListener('focus', () => {
    const box = node.getBoundingClientRect();
    light(node.dataset.operator, true);
    showTip(title, known, box.left + box.width / 2, box.bottom - 8);
  });
  node.addEventListener('blur', leave);
  return node;
}

const kSteps = {ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1};

function makeOneTabStop(svg) {
  const marks = [...svg.querySelectorAll('.mark')];
  marks.forEach((node, i) => node.setAttribute('tabindex', i === 0 ? 0 : -1));
  svg.addEventListener('keydown', (event) => {
    const at = marks.indexOf(document.activeElement);
    const next = marks[at + (kSteps[event.key] || 0)];
    if (event.key === 'Escape') kTip.hidden = true;
    if (at < 0 || !kSteps[event.key] || !next) return;
    event.preventDefault();
    marks[at].setAttribute('tabindex', -1);
    next.setAttribute('tabindex', 0);
    next.focus();
  });
}
