// SPDX-License-Identifier: Apache-2.0
// The forms of a model side by side (float, integers, the virtual board), what they get right and what
// they cost; and whether the device sees the features that training saw.

const scoreText = (report) => (report.score === 'auc' ? (value) => `AUC ${grouped(value, 3)}`
  : report.score === 'mean absolute error' ? brief : part);

function costColumns() {
  return [
    {name: 'latency', value: (row) => row.latency_ms, show: milliseconds, number: true, title: 'estimate'},
    {name: 'energy', value: (row) => row.energy_uj, show: microjoules, number: true, title: 'estimate'},
    {name: 'flash', value: (row) => row.flash_bytes, show: kibibytes, number: true},
    {name: 'RAM', value: (row) => row.ram_bytes, show: kibibytes, number: true},
  ];
}

function modelsPanel(report) {
  if (!report.models.length) return emptyPanel('models', 'Forms of the model', 'No model was evaluated.');
  const show = scoreText(report);
  const m = (key) => (row) => row.classification && row.classification[key];
  return panel('models', 'Forms of the model', 'On examples that training never saw. The interval is 95 %.', table('Forms of the model', [
    {name: 'model', value: (row) => row.name},
    {name: 'ran on', value: (row) => row.where},
    {name: 'examples', value: (row) => row.examples, show: whole, number: true},
    {name: report.score, value: (row) => row.score, show, number: true},
    {name: 'interval', value: (row) => (row.interval && isNumber(row.interval[0]) ? row.interval.map(show).join(' – ') : null)},
    {name: 'mean precision', value: m('macro_precision'), show: part, number: true},
    {name: 'mean recall', value: m('macro_recall'), show: part, number: true},
    {name: 'mean F1', value: m('macro_f1'), show: part, number: true},
    {name: 'mean AUC', value: m('macro_auc'), show: (value) => grouped(value, 3), number: true},
    {name: 'RMSE', value: (row) => row.regression && row.regression.root_mean_squared_error, show: brief, number: true},
    {name: 'R²', value: (row) => row.regression && row.regression.r_squared, show: brief, number: true},
    {name: 'calibration error', value: (row) => row.calibration && row.calibration.error, show: part, number: true},
    {name: 'answers unlike the host', value: (row) => row.other_answers, show: whole, number: true},
    ...costColumns(),
  ], report.models));
}

// Which integers are deployed where training learned to be rounded.
function deployedPanel(report) {
  const d = report.deployed;
  if (!d) return null;
  const show = d.score === 'accuracy' ? part : brief;
  return panel('deployed', 'Deployed form', `The integers that are deployed are ${d.form}: ${d.why}.`, table('Deployed form', [
    {name: 'integers', value: (row) => row[0], swatch: (row) => (row[0] === d.form ? kPalette[2] : kGrey)},
    {name: `validation ${d.score}`, value: (row) => row[1], show, number: true},
  ], [['quantised after training', d.after_training], ['trained for it', d.trained_for_it]]));
}

function featuresPanel(report) {
  const f = report.features;
  if (!f) return emptyPanel('features', 'Features', 'The features weren’t computed on a virtual board: --board does that.');
  const same = f.different_bits === 0;
  return panel('features', 'Features', null, element('p', {class: same ? '' : 'warning',
    text: `${whole(f.examples)} examples on ${f.board}: ${whole(f.different_bits)} of ${whole(f.bits)} bits differ from those that training saw.`}));
}

function stepsPanel(report) {
  if (!report.steps.length) return null;
  const verdict = (row) => (row.best ? 'best' : row.made ? row.problem || 'meets it' : `can’t be made: ${row.problem}`);
  const best = report.steps.find((row) => row.best);
  const why = best ? ` Best is "${best.name}": ${best.why}.` : '';
  return panel('steps', 'Compression', 'Each row is the model in another form. Flash and RAM are exact; time and energy are estimates. ' +
    `"Compressed" is what a byte-wise compressor would make of the constants at best.${why}`, table('Compression', [
    {name: 'step', value: (row) => row.name, full: (row) => row.how, swatch: (row) => (row.best ? kPalette[2] : row.problem ? kGrey : kPalette[0])},
    {name: report.score, value: (row) => row.score, show: scoreText(report), number: true},
    {name: 'error', value: (row) => row.error, show: part, number: true, title: 'of the outputs, in parts of the float model’s'},
    {name: 'file', value: (row) => row.file_bytes, show: kibibytes, number: true, share: true},
    {name: 'compressed', value: (row) => row.compressed_bytes, show: kibibytes, number: true},
    ...costColumns(),
    {name: 'budget', value: verdict, full: verdict},
  ], report.steps));
}
