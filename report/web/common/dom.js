// SPDX-License-Identifier: Apache-2.0
// What every page is made of: elements (text only ever as text, never as markup), panels, and charts
// that are drawn for the width they have.

// What draws each schema: a function from the data to the page's elements.
const pages = {};

const kSvg = document.getElementById('namespace').namespaceURI;

function fill(node, attributes, children) {
  for (const [key, value] of Object.entries(attributes || {})) {
    if (value === null || value === undefined) continue;
    if (key === 'text') node.textContent = value;
    else if (key === 'style') for (const [k, v] of Object.entries(value)) node.style.setProperty(k, v);
    else if (key.startsWith('on')) node.addEventListener(key.slice(2), value);
    else node.setAttribute(key, value);
  }
  node.append(...children.filter((child) => child !== null && child !== undefined));
  return node;
}

function element(name, attributes, ...children) {
  return fill(document.createElement(name), attributes, children);
}

function shape(name, attributes, ...children) {
  return fill(document.createElementNS(kSvg, name), attributes, children);
}

// A section with a heading, a sentence that says how to read it, and what it shows.
function panel(id, title, explanation, ...body) {
  return element('section', {class: 'panel', id},
      element('h2', {text: title}),
      explanation ? element('p', {class: 'note', text: explanation}) : null, ...body);
}

// A panel that has nothing to show says why.
function emptyPanel(id, title, why) {
  return panel(id, title, null, element('p', {class: 'empty', text: why}));
}

const kCharts = [];

// An SVG drawn by draw(svg, width), which returns its height; drawn again when the width changes.
// REQUIRES: drawCharts() is called when the page is in the document.
function chart(label, draw) {
  const box = element('div', {class: 'chart', role: 'group', 'aria-label': label});
  kCharts.push({box, label, draw, width: 0});
  return box;
}

function drawChart(entry, width) {
  if (width === entry.width || width <= 0) return;
  entry.width = width;
  const svg = shape('svg', {width});
  const height = Math.ceil(entry.draw(svg, width));
  svg.setAttribute('height', height);
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`);
  makeOneTabStop(svg);
  entry.box.replaceChildren(svg);
}

function drawCharts(width) {
  for (const entry of kCharts) drawChart(entry, width || Math.floor(entry.box.clientWidth));
}

window.addEventListener('resize', () => requestAnimationFrame(() => drawCharts()));
window.addEventListener('beforeprint', () => drawCharts(700));
window.addEventListener('afterprint', () => drawCharts());

// A legend: coloured squares with a name each. `entries` are {name, colour, detail}.
function legend(entries) {
  return element('ul', {class: 'legend'}, ...entries.map((entry) => element('li', null,
      element('span', {class: `swatch ${entry.style || ''}`, style: {'--colour': entry.colour}}),
      entry.name, entry.detail ? element('span', {class: 'muted', text: ` ${entry.detail}`}) : null)));
}
