// SPDX-License-Identifier: Apache-2.0
// Operators in the order they run, each as wide as the time it takes, and the table below.

function timelineBar(svg, o, {x, width, colour, tall}) {
  const bar = shape('rect', {class: 'operator', x, y: 2, width: Math.max(0.5, width - 1), height: tall,
    fill: colour, 'data-operator': isKnown(o.row) ? o.row : o.index});
  svg.append(mark(bar, operatorTitle(o), operatorRows(o)));
  const attributes = {fill: inkOn(colour), class: 'over'};
  const label = (y, string) => {
    if (textWidth(string, 11) < width - 8) svg.append(text(x + 5, y, string, attributes));
  };
  const name = fitted(operatorTitle(o), width - 9, 11);
  label(22, name.length > 8 ? name : `#${o.index}`);
  label(38, percent(o.share) || '');
}

// One bar on an axis up to `max`, so that two profiles can be compared by eye.
function timeline(profile, measure, colours, max) {
  return chart(`operators over ${measure.name}`, (svg, width) => {
    const [divisor, unit] = axisUnit(measure, max);
    const right = width - 2;
    const at = (value) => 2 + (right - 2) * value / (max || 1);
    let start = 0;
    for (const o of profile.operators) {
      const end = start + o[measure.key];
      timelineBar(svg, o, {x: at(start), width: at(end) - at(start), colour: colours.get(o.operator), tall: 48});
      start = end;
    }
    xAxis(svg, {left: 2, right, y: 56, max: max / divisor, unit, at: (value) => at(value * divisor)});
    return 92;
  });
}

const operatorsTotal = (profile, measure) => sum(profile.operators, (o) => o[measure.key]);

function column(name, key, show, more) {
  return {name, value: (row) => row[key], show, number: true, ...more};
}

function operatorTable(profile, colours) {
  const ms = decimalsFor(Math.max(...profile.operators.map((o) => o.latency_ms || 0)));
  const uj = decimalsFor(Math.max(...profile.operators.map((o) => o.energy_uj || 0)));
  const macs = (value) => value || null;
  return table('Operators', [
    column('#', 'index', null, {index: true}),
    {name: 'operator', value: (o) => o.operator, swatch: (o) => colours.get(o.operator)},
    column('share', 'share', percent, {share: true}),
    column('ms', 'latency_ms', (v) => grouped(v, ms), {title: 'estimate'}),
    column('cycles', 'cycles', whole, {title: 'estimate'}),
    column('instructions', 'instructions', whole, {title: 'exact'}),
    column('µJ', 'energy_uj', (v) => grouped(v, uj), {title: 'estimate'}),
    {...column('MACs', null, whole), value: (o) => macs(o.macs)},
    {...column('cycles/MAC', null, (v) => grouped(v, 1), {title: 'estimate'}), value: (o) => (o.macs ? o.cycles_per_mac : null)},
    column('constants', 'constant_bytes', whole, {title: 'bytes in flash that it reads'}),
    {name: 'type', value: (o) => o.type},
    {name: 'output', value: (o) => tensorName(o.output), full: (o) => o.output},
  ], profile.operators, (o) => o.index);
}

// What runs outside the operators.
function besidesOperators(profile) {
  const {interpreter} = profile;
  const parts = [];
  if (interpreter && isKnown(interpreter.instructions)) {
    parts.push(`Between the operators the interpreter takes ${whole(interpreter.instructions)} instructions` +
      `${isKnown(interpreter.share) ? ` (${percent(interpreter.share)})` : ''}.`);
  }
  if (isKnown(profile.setup_instructions)) {
    parts.push(`Opening the model takes ${whole(profile.setup_instructions)} instructions` +
      `${isKnown(profile.setup_ms) ? ` (estimate: ${milliseconds(profile.setup_ms)})` : ''} once, before the first inference.`);
  }
  return parts.length ? element('p', {class: 'note', text: parts.join(' ')}) : null;
}

function timelinePanel(profile, measure, types, colours) {
  const title = 'Timeline of operators';
  if (!profile.operators.length) return emptyPanel('timeline', title, 'The model has no operators.');
  return panel('timeline', title,
      `One inference from left to right; the width is ${measure.name}. ${measure === kMeasures[0] ? '' : 'There is no time in ms, because ' + whyNoTime(profile) + '. '}` +
      'The table sorts by a click on a heading.',
      timeline(profile, measure, colours, operatorsTotal(profile, measure)), typeLegend(types, colours),
      besidesOperators(profile), operatorTable(profile, colours));
}
