// SPDX-License-Identifier: Apache-2.0
#include "engines/exchange.h"

#include "base/host/file.h"

namespace mote {
namespace {

Result<void> write_samples(const std::filesystem::path& folder,
                           const std::vector<Values>& samples) {
  Bytes all;
  for (const Values& sample : samples) {
    for (const Bytes& input : sample) all.insert(all.end(), input.begin(), input.end());
  }
  return write_file(folder / "inputs.bin", all);
}

/// Cuts `bytes` into pieces of the given sizes. Errors: too few or too many bytes.
Result<std::vector<Bytes>> cut(const Bytes& bytes, const std::vector<size_t>& sizes) {
  std::vector<Bytes> pieces;
  size_t at = 0;
  for (size_t size : sizes) {
    if (size > bytes.size() - at) return fail("the program wrote only {} bytes", bytes.size());
    pieces.emplace_back(bytes.begin() + static_cast<std::ptrdiff_t>(at),
                        bytes.begin() + static_cast<std::ptrdiff_t>(at + size));
    at += size;
  }
  if (at != bytes.size()) return fail("the program wrote {} bytes instead of {}", bytes.size(), at);
  return pieces;
}

}  // namespace

Result<std::vector<Values>> exchange_run(const std::vector<uint64_t>& output_bytes,
                                         const std::filesystem::path& folder,
                                         const std::vector<Values>& samples,
                                         const StartProgram& start) {
  MOTE_CHECK_OK(write_samples(folder, samples));
  MOTE_CHECK_OK(start({"run", std::to_string(samples.size())}));
  MOTE_TRY(Bytes written, read_file(folder / "outputs.bin"));
  std::vector<size_t> sizes;
  for (size_t s = 0; s < samples.size(); ++s) {
    sizes.insert(sizes.end(), output_bytes.begin(), output_bytes.end());
  }
  MOTE_TRY(std::vector<Bytes> pieces, cut(written, sizes));
  std::vector<Values> outputs(samples.size());
  for (size_t i = 0; i < pieces.size(); ++i) {
    outputs[i / output_bytes.size()].push_back(std::move(pieces[i]));
  }
  return outputs;
}

Result<std::vector<Bytes>> exchange_trace(const std::filesystem::path& folder,
                                          const std::vector<Values>& samples,
                                          const std::vector<Probe>& probes,
                                          const StartProgram& start) {
  MOTE_CHECK_OK(write_samples(folder, samples));
  MOTE_CHECK_OK(write_file(folder / "probes.bin", probes.data(), probes.size() * sizeof(Probe)));
  MOTE_CHECK_OK(start({"trace", std::to_string(samples.size()), std::to_string(probes.size())}));
  MOTE_TRY(Bytes written, read_file(folder / "trace.bin"));
  std::vector<size_t> sizes;
  for (const Probe& probe : probes) sizes.push_back(probe.bytes);
  return cut(written, sizes);
}

}  // namespace mote
