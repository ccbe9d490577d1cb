// SPDX-License-Identifier: Apache-2.0
// The page of a trained or compressed model (mote.training/1), in the order of the questions: how good is
// it in which form, what does compression cost, how did it learn, what does it confuse, whom does it serve
// worse.

function trainingHead(report) {
  const skipped = report.skipped.length ? ` ${whole(report.skipped.length)} files couldn’t be read: ${report.skipped.slice(0, 3).join('; ')}${report.skipped.length > 3 ? ' …' : ''}.` : '';
  const {budget: b} = report;
  const limits = [['RAM', bytes(b.max_ram_bytes)], ['flash', bytes(b.max_flash_bytes)], ['latency', milliseconds(b.max_latency_ms)],
    ['energy', microjoules(b.max_energy_uj)]].filter((row) => row[1]).map((row) => row.join(' at most '));
  const budget = [b.board, ...limits].filter(Boolean).join(', ');
  return element('header', null, element('h1', {text: report.name}),
      element('p', {class: 'board', text: `${report.task}, ${whole(report.examples)} examples`}),
      element('p', {class: 'note', text: (budget ? `Budget: ${budget}.` : '') + skipped}));
}

// The form that the detailed panels are of: the last one that ran on the host.
function mainModel(report) {
  return [...report.models].reverse().find((model) => model.where === 'host') || report.models[0];
}

function trainingPage(report) {
  const model = mainModel(report);
  const detailed = model ? [confusionPanel(model), classesPanel(model), rocPanel(report, model), calibrationPanel(model),
    ...model.fairness.map((fairness) => fairnessPanel(report, model, fairness)), robustnessPanel(report, model), streamPanel(report)] : [];
  return [trainingHead(report), report.models.length || !report.steps.length ? modelsPanel(report) : null, deployedPanel(report), stepsPanel(report),
    report.models.length ? featuresPanel(report) : null, report.models.length ? learningPanel(report) : null, ...detailed].filter(Boolean);
}

pages['mote.training/1'] = trainingPage;
