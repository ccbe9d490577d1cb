// SPDX-License-Identifier: Apache-2.0
// Where kernels may use the vector instructions (MVE, "Helium") of Cortex-M55: in inner loops that
// stand there in assembly, and beside them in plain C that gives the same bits. Assembly, for the
// loops count on accumulators in even registers and on predication that ends with a loop, and GCC
// leaves neither alone.
#ifndef MOTE_BASE_MVE_H_
#define MOTE_BASE_MVE_H_

// These loops take up to 13 registers, which unoptimised code hasn't.
#if defined(__ARM_FEATURE_MVE) && defined(__OPTIMIZE__)
#define MOTE_MVE_ASSEMBLY 1
#else
#define MOTE_MVE_ASSEMBLY 0
#endif

#endif  // MOTE_BASE_MVE_H_
