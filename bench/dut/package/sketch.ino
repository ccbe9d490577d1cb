// SPDX-License-Identifier: Apache-2.0
// MLPerf Tiny's device under test for boards that Arduino knows; mote_dut.h says what it does.
#include "mote_dut.h"

const int kTimestampPin = 7;  // falls at each timestamp where energy is measured

extern "C" void mote_port_write(const char* text, uint32_t bytes) {
  Serial.write(reinterpret_cast<const uint8_t*>(text), bytes);
}

extern "C" uint32_t mote_port_microseconds(void) {
  return micros();
}

extern "C" void mote_port_edge(void) {
  digitalWrite(kTimestampPin, LOW);
  delayMicroseconds(2);
  digitalWrite(kTimestampPin, HIGH);
}

void setup() {
  pinMode(kTimestampPin, OUTPUT);
  digitalWrite(kTimestampPin, HIGH);
  Serial.begin(MOTE_BAUD);
  while (!Serial) {
  }
  mote_dut_begin();
}

void loop() {
  while (Serial.available() > 0) mote_dut_take(static_cast<char>(Serial.read()));
}
