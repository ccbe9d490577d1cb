// SPDX-License-Identifier: Apache-2.0
// What the parts of a profile's page agree on: the colour of an operator's type, the measure that time is
// shown in, and what is said of one operator.

// Types that most models have keep their colour from page to page.
const kTypeColours = {CONV_2D: 0, DEPTHWISE_CONV_2D: 1, FULLY_CONNECTED: 2, ADD: 3, AVERAGE_POOL_2D: 4, SOFTMAX: 5};

// The best measure of time first.
const kMeasures = [
  {key: 'latency_ms', name: 'time (estimate)', show: milliseconds,
    units: [[1e-3, 'µs'], [1, 'ms'], [1e4, 's', 1e3]]},
  {key: 'cycles', name: 'cycles (estimate)', show: (value) => `${count(value)} cycles`,
    units: [[1, 'cycles'], [1e4, 'thousand cycles', 1e3], [1e7, 'million cycles', 1e6]]},
  {key: 'instructions', name: 'instructions', show: (value) => `${count(value)} instructions`,
    units: [[1, 'instructions'], [1e4, 'thousand instructions', 1e3], [1e7, 'million instructions', 1e6]]},
];

// The first measure that every operator of every profile has.
function commonMeasure(profiles) {
  return kMeasures.find((measure) => profiles.every((profile) =>
    profile.operators.every((operator) => isKnown(operator[measure.key]))));
}

// [divisor, name] of the unit in which an axis up to `max` is labelled.
function axisUnit(measure, max) {
  const [from, name, divisor] = measure.units.filter(([least]) => max >= least).pop() || measure.units[0];
  return [divisor || from, name];
}

function sum(list, value) {
  return list.reduce((total, item) => total + (value(item) || 0), 0);
}

// The types of all operators, the one that takes the most first, each with its part of the whole.
function operatorTypes(profiles, measure) {
  const totals = new Map();
  for (const profile of profiles) {
    const whole = sum(profile.operators, (o) => o[measure.key]) || 1;
    for (const o of profile.operators) {
      totals.set(o.operator, (totals.get(o.operator) || 0) + o[measure.key] / whole / profiles.length);
    }
  }
  return [...totals].sort((a, b) => b[1] - a[1]).map(([name, share]) => ({name, share}));
}

function typeColours(types) {
  return assignColours(types.map((type) => type.name), kTypeColours);
}

function typeLegend(types, colours) {
  return legend(types.map((type) => ({name: type.name, colour: colours.get(type.name), detail: percent(type.share)})));
}

const operatorTitle = (o) => `#${o.index} ${o.operator}`;

// Details of an operator for a tip.
function operatorRows(o) {
  return [
    ['output', tensorName(o.output)], ['type', o.type],
    ['time (estimate)', milliseconds(o.latency_ms)], ['energy (estimate)', microjoules(o.energy_uj)],
    ['share', percent(o.share)],
    ['instructions', whole(o.instructions)], ['cycles (estimate)', whole(o.cycles)],
    ['MACs', o.macs ? whole(o.macs) : null], ['cycles/MAC', o.macs ? brief(o.cycles_per_mac) : null],
    ['kernels', o.kernels && o.kernels.length ? o.kernels.join(', ') : null],
  ];
}

// "#3 CONV_2D", or what stands at the ends of the row of operators.
function operatorAt(profile, index) {
  if (index < 0) return 'model input';
  const o = profile.operators[index];
  return o ? operatorTitle(o) : 'model output';
}
