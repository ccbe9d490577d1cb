// SPDX-License-Identifier: Apache-2.0
// The page of one profile (mote.profile/1): its panels in the order of the questions: how fast, in which
// operators, in how much memory, how far from the best, how much flash.

function functionsPanel(profile) {
  const rows = profile.functions || [];
  if (!rows.length) return emptyPanel('functions', 'Functions', 'No function was seen: the firmware carries no symbols.');
  const total = sum(rows, (row) => row.instructions) || 1;
  const list = rows.map((row) => ({...row, share: row.instructions / total})).sort((a, b) => b.share - a.share);
  return panel('functions', 'Functions', 'Without what they call.', table('Functions', [
    {name: 'function', value: (row) => row.name},
    {name: 'room', value: (row) => row.room},
    column('share of instructions', 'share', percent, {share: true}),
    column('instructions', 'instructions', whole, {title: 'exact'}),
    column('cycles', 'cycles', whole, {title: 'estimate'}),
  ], list));
}

function profilePage(profile) {
  const measure = commonMeasure([profile]);
  if (!measure) throw new Error('an operator has neither instructions nor cycles nor a latency');
  const types = operatorTypes([profile], measure), colours = typeColours(types);
  return [head(profile), tiles(profile), timelinePanel(profile, measure, types, colours),
    memoryPanel(profile, types, colours), ramPanel(profile), rooflinePanel(profile, types, colours), flashPanel(profile),
    functionsPanel(profile)];
}

pages['mote.profile/1'] = profilePage;
