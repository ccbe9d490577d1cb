// SPDX-License-Identifier: Apache-2.0
#include "bench/dut/device/text.h"

namespace mote::dut {
namespace {

uint32_t write_word(const char* word, char* text) {
  uint32_t n = 0;
  for (; word[n] != 0; ++n) text[n] = word[n];
  return n;
}

/// mantissa · 1000 · 2^-shift, rounded to an integer, ties to even. REQUIRES: mantissa < 2^24.
uint64_t thousandths(uint32_t mantissa, int shift) {
  uint64_t product = uint64_t{mantissa} * 1000;
  if (shift <= 0) return product << -shift;
  if (shift > 40) return 0;
  uint64_t whole = product >> shift;
  uint64_t rest = product - (whole << shift);
  uint64_t half = uint64_t{1} << (shift - 1);
  return whole + (rest > half || (rest == half && (whole & 1)));
}

}  // namespace

uint32_t write_unsigned(uint64_t value, char* text) {
  char digits[20];
  uint32_t n = 0;
  do {
    digits[n++] = static_cast<char>('0' + value % 10);
    value /= 10;
  } while (value != 0);
  for (uint32_t i = 0; i < n; ++i) text[i] = digits[n - 1 - i];
  return n;
}

uint32_t write_thousandths(float value, char* text) {
  union {
    float value;
    uint32_t bits;
  } pun = {value};
  uint32_t exponent = pun.bits >> 23 & 0xff, mantissa = pun.bits & 0x7fffff;
  if (exponent == 0xff && mantissa != 0) return write_word("nan", text);
  uint32_t n = 0;
  if (pun.bits >> 31) text[n++] = '-';
  if (exponent >= 127 + 53) return n + write_word("inf", text + n);
  if (exponent == 0) {
    exponent = 1;
  } else {
    mantissa |= 0x800000;
  }
  uint64_t rounded = thousandths(mantissa, 150 - static_cast<int>(exponent));
  n += write_unsigned(rounded / 1000, text + n);
  uint32_t fraction = static_cast<uint32_t>(rounded % 1000);
  text[n++] = '.';
  for (uint32_t unit = 100; unit > 0; unit /= 10) {
    text[n++] = static_cast<char>('0' + fraction / unit % 10);
  }
  return n;
}

void write_hex(uint8_t value, char* text) {
  constexpr char kDigits[] = "0123456789abcdef";
  text[0] = kDigits[value >> 4];
  text[1] = kDigits[value & 15];
}

int hex_value(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  if (digit >= 'a' && digit <= 'f') return digit - 'a' + 10;
  if (digit >= 'A' && digit <= 'F') return digit - 'A' + 10;
  return -1;
}

bool read_unsigned(const char* text, uint32_t* value) {
  uint64_t sum = 0;
  if (*text == 0) return false;
  for (; *text != 0; ++text) {
    if (*text < '0' || *text > '9') return false;
    sum = sum * 10 + static_cast<uint32_t>(*text - '0');
    if (sum > 0xffffffffu) return false;
  }
  *value = static_cast<uint32_t>(sum);
  return true;
}

}  // namespace mote::dut
