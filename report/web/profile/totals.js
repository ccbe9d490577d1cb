// SPDX-License-Identifier: Apache-2.0
// The head of a profile: what was profiled, and its totals as tiles. An estimate is always called one.

const plusMinus = (profile) => (profile.timing && isKnown(profile.timing.stated_error)
  ? `estimate, ± ${grouped(profile.timing.stated_error * 100, 0)} %` : 'estimate');

function whyNoTime(profile) {
  if (!profile.timing) return `there is no timing model for ${profile.board.core || profile.board.name}`;
  return `${profile.board.name} is a core without a clock`;
}

function tile(name, value, detail, more) {
  return element('div', {class: 'tile'}, element('h3', {text: name}),
      element('p', {class: value === null ? 'value muted' : 'value', text: value === null ? 'not known' : value}),
      more, element('p', {class: 'muted', text: detail}));
}

function memoryTile(name, used, limit, board) {
  if (!isKnown(used)) return tile(name, null, 'not measured');
  if (!limit) return tile(name, kibibytes(used), `${bytes(used)}; no limit, ${board} is a bare core`);
  const over = used > limit;
  const meter = element('div', {class: over ? 'meter over-limit' : 'meter', style: {'--share': `${Math.min(100, used / limit * 100)}%`}});
  return tile(name, kibibytes(used), over ? `too much by ${bytes(used - limit)}: the limit is ${bytes(limit)}`
    : `${percent(used / limit)} of ${kibibytes(limit)}; ${bytes(used)}`, meter);
}

function energyDetail(profile) {
  if (isKnown(profile.energy_uj)) {
    return isKnown(profile.active_mw) ? `estimate: ${plain(profile.active_mw)} mW while active` : 'estimate';
  }
  return isKnown(profile.latency_ms) ? `no power figure for ${profile.board.name}` : `no latency: ${whyNoTime(profile)}`;
}

function tiles(profile) {
  const limits = profile.limits || {};
  const {latency_ms: ms, instructions, macs, cycles, cycles_per_mac: perMac} = profile;
  return element('div', {class: 'tiles'},
      tile('Latency', milliseconds(ms), isKnown(ms) ? plusMinus(profile) : whyNoTime(profile)),
      tile('Energy', microjoules(profile.energy_uj), energyDetail(profile)),
      memoryTile('RAM', profile.ram_bytes, limits.ram_bytes, profile.board.name),
      memoryTile('Flash', profile.flash_bytes, limits.flash_bytes, profile.board.name),
      tile('Instructions', count(instructions), isKnown(instructions) ? `exact: ${whole(instructions)}` : 'not counted'),
      tile('Cycles', count(cycles), isKnown(cycles) ? plusMinus(profile) : whyNoTime(profile)),
      tile('MACs', count(macs), isKnown(macs) ? `exact: ${whole(macs)}` : ''),
      tile('Cycles per MAC', macs ? brief(perMac) : null, !macs ? 'there are no MACs' : isKnown(perMac) ? plusMinus(profile) : whyNoTime(profile)));
}

const modelName = (profile) => String(profile.model).split(/[\\/]/).pop();

function boardLine(profile) {
  const {board} = profile;
  const clock = isKnown(board.clock_mhz) ? `at ${plain(board.clock_mhz)} MHz` : '(no clock: a bare core)';
  return `${board.title || board.name}: ${board.core || board.machine || board.name} ${clock}`;
}

function timingLine(profile) {
  if (!profile.timing) return `Instructions are exact. There are no cycles, time or energy: ${whyNoTime(profile)}.`;
  return `Instructions are exact. Cycles, time and energy are estimates of the timing model of ${profile.timing.core}` +
    `${profile.timing.source ? ` (${profile.timing.source})` : ''}.`;
}

function head(profile) {
  return element('header', null, element('h1', {text: modelName(profile), title: profile.model}),
      element('p', {class: 'board', text: boardLine(profile)}), element('p', {class: 'note', text: timingLine(profile)}));
}
