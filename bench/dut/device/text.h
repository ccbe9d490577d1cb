// SPDX-License-Identifier: Apache-2.0
// Numbers to text and back, for firmware without a libc.
#ifndef MOTE_BENCH_DUT_DEVICE_TEXT_H_
#define MOTE_BENCH_DUT_DEVICE_TEXT_H_

#include <stdint.h>

namespace mote::dut {

/// Room for any text of write_unsigned() or write_thousandths().
constexpr uint32_t kMaxNumberText = 48;

/// Decimal digits of `value`; returns how many. Nothing ends the text.
uint32_t write_unsigned(uint64_t value, char* text);

/// `value` with three digits behind the point, as "%0.3f" gives it: rounded from its exact value,
/// ties to even. Infinities and NaN are "inf", "-inf" and "nan". Returns how many characters;
/// values from 2^53 on, which no score reaches, are written as "inf" too.
uint32_t write_thousandths(float value, char* text);

/// Two hexadecimal digits.
void write_hex(uint8_t value, char* text);

/// The value of a hexadecimal digit, or -1.
int hex_value(char digit);

/// Reads decimal digits up to the text's end. False if there are none, others, or it is beyond
/// 32 bits.
bool read_unsigned(const char* text, uint32_t* value);

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_DEVICE_TEXT_H_
