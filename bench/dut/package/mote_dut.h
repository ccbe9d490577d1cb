/* SPDX-License-Identifier: Apache-2.0
 * A model with MLPerf Tiny's serial protocol around it: give it the characters that come on the
 * serial line, and three functions of your board. mote_dut.cpp needs no heap and no other file. */
#ifndef MOTE_DUT_H_
#define MOTE_DUT_H_

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Opens the model and says that the device is ready. Call it once the serial line works. Returns 0;
 * or another number after an e-[...] line, when the model doesn't open. */
int mote_dut_begin(void);
/* Takes the next character from the serial line (115200 baud, 8N1; 9600 where energy is measured).
 * A character that ends a command returns when the command is done. */
void mote_dut_take(char c);

/* Yours to define: */

/* Sends characters on the serial line. */
void mote_port_write(const char* text, uint32_t bytes);
/* Microseconds since any fixed moment; may wrap. */
uint32_t mote_port_microseconds(void);
/* Lets the timestamp pin fall for at least a microsecond. Called only where energy is measured. */
void mote_port_edge(void);

#ifdef __cplusplus
}
#endif

#endif /* MOTE_DUT_H_ */
