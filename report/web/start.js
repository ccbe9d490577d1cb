// SPDX-License-Identifier: Apache-2.0
// Comes last: reads the data and draws the page of its schema. What goes wrong ends up in the text and
// in the body's data-error, where a test finds it.

function showError(error) {
  document.body.dataset.error = String(error && error.message || error);
  const message = `This page can't be drawn: ${document.body.dataset.error}`;
  document.getElementById('page').append(element('p', {class: 'warning', text: message}));
}

function start() {
  const data = JSON.parse(document.getElementById('data').textContent);
  const draw = pages[data.schema];
  if (!draw) throw new Error(`no page for the schema "${data.schema}"`);
  document.getElementById('page').append(...draw(data));
  drawCharts();
  document.body.dataset.ready = data.schema;
}

window.addEventListener('error', (event) => showError(event.error || event.message));
try {
  start();
} catch (error) {
  showError(error);
}
