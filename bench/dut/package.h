// SPDX-License-Identifier: Apache-2.0
// The device under test as sources for a real board: an Arduino sketch, whose mote_dut.cpp and
// mote_dut.h also go into any other project.
#ifndef MOTE_BENCH_DUT_PACKAGE_H_
#define MOTE_BENCH_DUT_PACKAGE_H_

#include <map>
#include <string>

#include "bench/dut/role.h"

namespace mote::dut {

/// File texts by name. `name` is the sketch's and its folder's. Errors: role_source()'s.
Result<std::map<std::string, std::string>> dut_package(const ImageModel& model,
                                                       const DutOptions& options,
                                                       const std::string& name);

}  // namespace mote::dut

#endif  // MOTE_BENCH_DUT_PACKAGE_H_
