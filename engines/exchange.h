// SPDX-License-Identifier: Apache-2.0
// How mote talks to a model that runs in another program, the generated C++ on the host or firmware
// on a virtual board: by files in a folder. The program is started with
//
//     run COUNT          reads inputs.bin (COUNT samples, their inputs one after the other),
//                        writes outputs.bin
//     trace COUNT PROBES reads inputs.bin and probes.bin (PROBES times step, offset, bytes as
//                        little-endian uint32_t), writes trace.bin (the bytes seen in the last
//                        sample)
//
// and exits with 0, or with another code after printing what is wrong.
#ifndef MOTE_ENGINES_EXCHANGE_H_
#define MOTE_ENGINES_EXCHANGE_H_

#include <filesystem>
#include <functional>

#include "base/host/result.h"
#include "engines/engine.h"

namespace mote {

/// Starts the program with these arguments in the exchange folder and waits for its success.
using StartProgram = std::function<Result<void>(const std::vector<std::string>& arguments)>;

/// REQUIRES: samples are as the model wants them. Errors: the program's, or a wrong amount written.
Result<std::vector<Values>> exchange_run(const std::vector<uint64_t>& output_bytes,
                                         const std::filesystem::path& folder,
                                         const std::vector<Values>& samples,
                                         const StartProgram& start);
Result<std::vector<Bytes>> exchange_trace(const std::filesystem::path& folder,
                                          const std::vector<Values>& samples,
                                          const std::vector<Probe>& probes,
                                          const StartProgram& start);

}  // namespace mote

#endif  // MOTE_ENGINES_EXCHANGE_H_
