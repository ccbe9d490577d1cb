// SPDX-License-Identifier: Apache-2.0
// What other records share with filter banks.
#ifndef MOTE_OPS_FILTER_BANK_FILTER_BANK_OP_H_
#define MOTE_OPS_FILTER_BANK_FILTER_BANK_OP_H_

#include <vector>

#include "ops/filter_bank/filter_bank.h"

namespace mote {

/// The table of log2_fixed().
std::vector<uint16_t> log_table();

}  // namespace mote

#endif  // MOTE_OPS_FILTER_BANK_FILTER_BANK_OP_H_
