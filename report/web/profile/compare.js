// SPDX-License-Identifier: Apache-2.0
// The page of two profiles (mote.profile-comparison/1): A is what was, B what is; a ratio is B by A, so
// below 1 is less.

const kTotals = [
  ['Latency (estimate)', 'latency_ms', milliseconds], ['Energy (estimate)', 'energy_uj', microjoules],
  ['Cycles (estimate)', 'cycles', whole], ['Cycles per MAC (estimate)', 'cycles_per_mac', brief],
  ['Instructions', 'instructions', whole], ['Instructions to open the model', 'setup_instructions', whole],
  ['MACs', 'macs', whole],
  ['RAM', 'ram_bytes', bytes], ['Arena', 'arena_bytes', bytes], ['Stack', 'stack_bytes', bytes],
  ['Flash', 'flash_bytes', bytes], ['Code', 'code_bytes', bytes], ['Model image', 'image_bytes', bytes],
];

const ratio = (a, b) => (isKnown(a) && isKnown(b) && a > 0 ? b / a : null);

function showRatio(value) {
  if (Math.abs(value - 1) < 0.0005) return '= 1.00×';
  return `${value < 1 ? '▼' : '▲'} ${value < 0.1 ? brief(value) : grouped(value, 2)}×`;
}

function totalsTable(a, b) {
  const rows = kTotals.map(([name, key, show]) => ({name, a: a[key], b: b[key], show, ratio: ratio(a[key], b[key])}))
      .filter((row) => isKnown(row.a) || isKnown(row.b));
  return table('Totals', [{name: 'total', value: (row) => row.name}, column('A', 'a', (v, row) => row.show(v)),
    column('B', 'b', (v, row) => row.show(v)), column('B by A', 'ratio', showRatio)], rows);
}

// Pairs of operators: the same type with the same output, else the same type at the same index;
// what is left over stands alone.
function matchOperators(a, b) {
  const free = new Set(b);
  const take = (match) => {
    const found = [...free].find(match);
    free.delete(found);
    return found;
  };
  const byName = a.map((o) => take((p) => p.operator === o.operator && p.output === o.output));
  const pairs = a.map((o, i) => ({a: o, b: byName[i] || take((p) => p.operator === o.operator && p.index === o.index)}));
  return [...pairs, ...[...free].map((p) => ({b: p}))].map((pair, row) => ({...pair, row, any: pair.a || pair.b}));
}

// `pairs` carry their row, by which a row and its bars light up together.
function operatorsTable(pairs, a, b, measure, colours) {
  const ofSide = (side, key) => (pair) => (pair[side] ? pair[side][key] : null);
  const largest = Math.max(0, ...[...a.operators, ...b.operators].map((o) => o[measure.key]));
  const show = (value) => grouped(value, measure.key === 'latency_ms' ? decimalsFor(largest) : 0);
  const name = measure.key === 'latency_ms' ? 'ms' : measure.key;
  const number = (title, value, format) => ({name: title, value, show: format, number: true});
  return table('Operators', [
    {...number('#', (pair) => pair.row), index: true},
    {name: 'operator', value: (pair) => pair.any.operator, swatch: (pair) => colours.get(pair.any.operator)},
    number(`A, ${name}`, ofSide('a', measure.key), show), number(`B, ${name}`, ofSide('b', measure.key), show),
    number('B by A', (pair) => (pair.a && pair.b ? ratio(pair.a[measure.key], pair.b[measure.key]) : null), showRatio),
    {...number('A, share', ofSide('a', 'share'), percent), share: true},
    {...number('B, share', ofSide('b', 'share'), percent), share: true},
    ...(measure.key === 'instructions' ? [] : [number('A, instructions', ofSide('a', 'instructions'), whole),
      number('B, instructions', ofSide('b', 'instructions'), whole)]),
    {name: 'output', value: (pair) => tensorName(pair.any.output), full: (pair) => pair.any.output},
  ], pairs, (pair) => pair.row);
}

function comparisonPage({profiles}) {
  const [a, b] = profiles;
  if (!a || !b || profiles.length !== 2) throw new Error('a comparison holds two profiles');
  const measure = commonMeasure(profiles);
  if (!measure) throw new Error('the profiles have no measure of time in common');
  const types = operatorTypes(profiles, measure), colours = typeColours(types);
  const max = Math.max(operatorsTotal(a, measure), operatorsTotal(b, measure));
  const pairs = matchOperators(a.operators, b.operators);
  for (const pair of pairs) for (const o of [pair.a, pair.b]) if (o) o.row = pair.row;
  const side = (letter, profile) => element('div', {class: 'side'}, element('span', {class: 'letter', text: letter}), head(profile), tiles(profile));
  const titled = (letter, profile) => [element('h3', {text: `${letter}: ${modelName(profile)} on ${profile.board.name}`}),
    timeline(profile, measure, colours, max)];
  return [element('div', {class: 'sides'}, side('A', a), side('B', b)),
    panel('totals', 'Totals', 'The ratio is B by A: below 1, B needs less.', totalsTable(a, b)),
    panel('timeline', 'Timelines of operators', `Both on one scale; the width is ${measure.name}.`,
        ...titled('A', a), ...titled('B', b), typeLegend(types, colours)),
    panel('operators', 'Operators', 'Matched by type and output, else by type and place; a dash: only the other has it.',
        operatorsTable(pairs, a, b, measure, colours))];
}

pages['mote.profile-comparison/1'] = comparisonPage;
