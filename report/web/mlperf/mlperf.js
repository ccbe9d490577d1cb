// SPDX-License-Identifier: Apache-2.0
// The page of a run of MLPerf Tiny (mote.mlperf/1): what was reached on each board, then each task beside
// what was published for it.

const qualityText = (accuracy, value) => (accuracy.metric === 'auc' ? `AUC ${value.toFixed(3)}` : `${value.toFixed(1)} %`);

function floorText(accuracy) {
  const floor = `the closed division's floor is ${qualityText(accuracy, accuracy.floor)}`;
  return accuracy.floor_met ? floor : `${floor}: too low for it`;
}

function taskRows(report) {
  return report.boards.flatMap((board) => board.tasks.map((task) => ({...task, board})));
}

function reachedPanel(report) {
  const rows = taskRows(report);
  if (!rows.length) return emptyPanel('reached', 'Results', 'No task was run.');
  return panel('reached', 'Results', 'Per inference: the median of the windows. Energy is power times time.',
      table('Results', [
        {name: 'board', value: (row) => row.board.name, full: (row) => row.board.title},
        {name: 'task', value: (row) => row.task, full: (row) => row.title},
        {name: 'latency', value: (row) => row.latency_ms, show: milliseconds, number: true},
        {name: 'inf./s', title: 'inferences per second', value: (row) => row.performance && row.performance.median_throughput, show: brief, number: true},
        {name: 'energy', value: (row) => row.energy_uj, show: microjoules, number: true, title: 'estimate'},
        {name: 'cycles per MAC', value: (row) => row.cycles_per_mac, show: brief, number: true},
        {name: 'accuracy', value: (row) => row.accuracy && row.accuracy.quality,
          show: (value, row) => qualityText(row.accuracy, value), number: true,
          full: (row) => (row.accuracy && isKnown(row.accuracy.quality) ? floorText(row.accuracy) : null)},
        {name: 'words missed', value: (row) => row.accuracy && row.accuracy.false_negatives, show: whole, number: true},
        {name: 'false alarms', value: (row) => row.accuracy && row.accuracy.false_positives, show: whole, number: true},
        {name: 'duty cycle', value: (row) => row.accuracy && row.accuracy.duty_cycle, show: percent, number: true,
          title: "without the features, which are the runner's work"},
        {name: 'files', value: (row) => row.accuracy && row.accuracy.files, show: whole, number: true},
        {name: 'RAM', value: (row) => row.ram_bytes, show: kibibytes, number: true},
        {name: 'flash', value: (row) => row.flash_bytes, show: kibibytes, number: true},
      ], rows));
}

// What is known of a task's speed: this run's boards, and what was published, the fastest first.
function rivals(report, name) {
  const own = taskRows(report).filter((row) => row.task === name && isKnown(row.latency_ms));
  const published = taskRows(report).find((row) => row.task === name).published || [];
  return [
    ...own.map((row) => ({device: row.board.title || row.board.name, core: row.board.core, clock_mhz: row.board.clock_mhz,
      stack: row.board.virtual ? 'mote, virtual' : 'mote', latency_ms: row.latency_ms, energy_uj: row.energy_uj, own: true})),
    ...published.map((row) => ({...row, own: false})),
  ].sort((a, b) => a.latency_ms - b.latency_ms);
}

function taskPanel(report, name) {
  const rows = rivals(report, name);
  const {title, macs} = taskRows(report).find((row) => row.task === name);
  if (!rows.length) return emptyPanel(name, `${name}: ${title}`, 'Its time was not measured, and nothing is published.');
  const perMac = (row) => (macs && row.clock_mhz ? row.latency_ms * row.clock_mhz * 1000 / macs : null);
  return panel(name, `${name}: ${title}`, 'The published results are of real boards.', table(name, [
    {name: 'device', value: (row) => row.device},
    {name: 'core', value: (row) => row.core},
    {name: 'MHz', value: (row) => row.clock_mhz, show: plain, number: true},
    {name: 'software', value: (row) => row.stack, swatch: (row) => (row.own ? kPalette[0] : kGrey)},
    {name: 'latency', value: (row) => row.latency_ms, show: milliseconds, number: true, share: true},
    {name: 'cycles per MAC', value: perMac, show: brief, number: true},
    {name: 'energy', value: (row) => row.energy_uj, show: microjoules, number: true},
  ], rows));
}

function boardNotes(board) {
  const random = board.tasks.filter((task) => task.input === 'random').map((task) => task.task);
  return [
    `${board.title || board.name}: ${board.core} at ${plain(board.clock_mhz)} MHz, ${board.virtual ? 'virtual' : 'hardware'}.`,
    board.time ? `Time: ${board.time}.` : '',
    isKnown(board.active_mw) ? `Energy: ${plain(board.active_mw)} mW while active (${board.active_source}).` : `Energy: not known (${board.active_source}).`,
    random.length ? `Time and energy measured on random bytes, not the benchmark's data: ${random.join(', ')}.` : '',
  ].filter(Boolean).join(' ');
}

function mlperfPage(report) {
  const names = [...new Set(taskRows(report).map((row) => row.task))];
  return [
    element('header', null, element('h1', {text: 'MLPerf Tiny'}),
        ...report.boards.map((board) => element('p', {class: 'note', text: boardNotes(board)})),
        element('p', {class: 'note', text: `Rules of the ${report.division} division. Not a result that MLCommons has reviewed.`})),
    reachedPanel(report),
    ...names.map((name) => taskPanel(report, name)),
  ];
}

pages['mote.mlperf/1'] = mlperfPage;
