// SPDX-License-Identifier: Apache-2.0
// Numbers as people read them. Each takes null for "not known" and then gives null, or a dash where a
// cell must hold something.

const kDash = '–';

const isKnown = (value) => value !== null && value !== undefined;

function grouped(value, decimals) {
  return value.toLocaleString('en', {minimumFractionDigits: decimals, maximumFractionDigits: decimals});
}

// All digits: 43,885,346.
function whole(value) {
  return value === null || value === undefined ? null : grouped(value, 0);
}

// Three significant digits, but never fewer than the integer has.
function brief(value) {
  if (value === null || value === undefined) return null;
  if (Math.abs(value) >= 100) return whole(value);
  return value.toLocaleString('en', {minimumSignificantDigits: value ? 3 : 1, maximumSignificantDigits: 3});
}

// At most three significant digits: 40, 0.25.
function plain(value) {
  return value.toLocaleString('en', {maximumSignificantDigits: 3});
}

// `value` with the largest of `units` ([factor, name], rising) that it reaches.
function inUnits(value, units) {
  if (value === null || value === undefined) return null;
  const reached = units.filter(([factor]) => Math.abs(value) >= factor * 0.9995);
  const [factor, name] = value === 0 ? units[0] : reached.pop() || units[0];
  return `${brief(value / factor)}${name ? ' ' + name : ''}`;
}

const count = (value) => inUnits(value, [[1, ''], [1e3, 'k'], [1e6, 'M'], [1e9, 'G']]);
const milliseconds = (ms) => inUnits(ms, [[1e-3, 'µs'], [1, 'ms'], [1e3, 's']]);
const microjoules = (uj) => inUnits(uj, [[1e-3, 'nJ'], [1, 'µJ'], [1e3, 'mJ'], [1e6, 'J']]);

function bytes(value) {
  return value === null || value === undefined ? null : `${whole(value)} ${value === 1 ? 'byte' : 'bytes'}`;
}

// 432 bytes, 17.1 KiB, 2 MiB.
function kibibytes(value) {
  if (value === null || value === undefined) return null;
  if (value < 1024) return bytes(value);
  const [size, unit] = value < 1024 * 1024 ? [value / 1024, 'KiB'] : [value / 1024 / 1024, 'MiB'];
  return `${Number.isInteger(size) ? whole(size) : brief(size)} ${unit}`;
}

function percent(share) {
  if (share === null || share === undefined) return null;
  if (share > 0 && share < 0.0005) return '< 0.1 %';
  return `${grouped(share * 100, share < 0.0995 ? 1 : 0)} %`;
}

// Decimals for a column whose largest value this is: it gets at least four digits.
function decimalsFor(largest) {
  return Math.min(4, Math.max(0, 4 - Math.floor(Math.log10(Math.max(largest, 1e-3)))));
}

// The telling end of a tensor's name: "model/conv/Relu;model/bn" is "conv/Relu".
function tensorName(name) {
  const parts = String(name).split(';')[0].split('/');
  return parts.slice(-2).join('/');
}

const kRuler = document.createElement('canvas').getContext('2d');

function textWidth(text, size) {
  kRuler.font = `${size}px system-ui, "DejaVu Sans", sans-serif`;
  return kRuler.measureText(text).width;
}

// `text` cut to `width` pixels with an ellipsis; nothing if not even three characters fit.
function fitted(text, width, size) {
  if (textWidth(text, size) <= width) return text;
  let length = Math.min(text.length, Math.floor(width / (size * 0.3)));
  while (length > 2 && textWidth(text.slice(0, length) + '…', size) > width) --length;
  return length > 2 ? text.slice(0, length) + '…' : '';
}
