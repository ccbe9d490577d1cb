// SPDX-License-Identifier: Apache-2.0
#include "train/features/example_features.h"

#include "base/host/parallel.h"
#include "train/quantize/values.h"

namespace mote::train {

std::vector<std::vector<Bytes>> ExampleFeatures::inputs() const {
  std::vector<std::vector<Bytes>> all;
  for (const std::vector<float>& one : features) all.push_back({*quantize::bytes_of_values(one)});
  return all;
}

Result<ExampleFeatures> read_features(const Project& project, const Dataset& dataset,
                                      const FrontEnd& front_end, const std::vector<size_t>& numbers,
                                      const Counter& progress) {
  std::vector<FrontEnd> front_ends;  // one for each worker
  for (size_t i = 0; i < job_count(0, numbers.size()); ++i) {
    MOTE_TRY(FrontEnd copy, front_end.copy());
    front_ends.push_back(std::move(copy));
  }
  std::vector<std::vector<float>> features(numbers.size());
  auto take = [&](size_t worker, size_t i, const Signal& signal) -> Result<void> {
    MOTE_TRY(features[i], front_ends[worker].run(signal));
    return {};
  };
  ExampleFeatures result;
  MOTE_TRY(result.skipped, decode_examples(project, dataset, numbers, take, progress));
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (features[i].empty()) continue;
    result.features.push_back(std::move(features[i]));
    result.examples.push_back(numbers[i]);
  }
  if (result.features.empty()) {
    return fail("{}: no example could be read{}", dataset.root.string(),
                result.skipped.empty() ? "" : "; the first one: " + result.skipped[0].why);
  }
  return result;
}

}  // namespace mote::train
