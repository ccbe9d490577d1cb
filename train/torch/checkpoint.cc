// SPDX-License-Identifier: Apache-2.0
#include "train/torch/checkpoint.h"

#include <sstream>

#include "base/host/file.h"

namespace mote::train {
namespace {

using torch::serialize::InputArchive;
using torch::serialize::OutputArchive;

std::string key_of(const char* kind, const std::string& name) {
  std::string key = std::string(kind) + "_" + name;
  for (char& c : key) {
    if (c == '/') c = '_';  // keys are attributes of a module
  }
  return key;
}

torch::Tensor number(double value) {
  return torch::full({}, value, torch::kFloat64);
}

double read_number(InputArchive& archive, const char* key) {
  torch::Tensor value;
  archive.read(key, value);
  return value.item<double>();
}

Result<void> open_archive(const std::filesystem::path& path, InputArchive& archive) {
  MOTE_TRY(const Bytes file, read_file(path));
  try {
    archive.load_from(reinterpret_cast<const char*>(file.data()), file.size());
  } catch (const std::exception&) {
    return fail("{}: isn't a checkpoint of mote-train; delete it, or leave out --resume",
                path.string());
  }
  return {};
}

Result<void> read_network(const std::filesystem::path& path, InputArchive& archive,
                          Executor& executor) {
  torch::NoGradGuard no_gradients;
  const std::vector<NamedTensor> all = executor.state();
  torch::Tensor count;
  bool same =
      archive.try_read("tensors", count) && count.item<double>() == static_cast<double>(all.size());
  for (size_t i = 0; same && i < all.size(); ++i) {
    torch::Tensor saved;
    same = archive.try_read(key_of("network", all[i].name), saved) &&
           saved.sizes() == all[i].tensor.sizes();
    if (same) torch::Tensor(all[i].tensor).copy_(saved);
  }
  if (same) return {};
  return fail("{}: is of another network than the project's; delete it, or leave out --resume",
              path.string());
}

}  // namespace

std::vector<torch::Tensor> copy_state(const Executor& executor) {
  std::vector<torch::Tensor> copies;
  for (const NamedTensor& named : executor.state()) copies.push_back(named.tensor.detach().clone());
  return copies;
}

void restore_state(const std::vector<torch::Tensor>& state, Executor& executor) {
  torch::NoGradGuard no_gradients;
  const std::vector<NamedTensor> all = executor.state();
  for (size_t i = 0; i < all.size(); ++i) torch::Tensor(all[i].tensor).copy_(state[i]);
}

Result<void> save_checkpoint(const std::filesystem::path& path, const Executor& executor,
                             const torch::optim::Optimizer& optimizer, const Progress& progress) {
  OutputArchive archive, optimizer_archive;
  const std::vector<NamedTensor> all = executor.state();
  archive.write("tensors", number(static_cast<double>(all.size())));
  for (size_t i = 0; i < all.size(); ++i) {
    archive.write(key_of("network", all[i].name), all[i].tensor.detach());
    if (!progress.best_state.empty()) {
      archive.write(key_of("best", all[i].name), progress.best_state[i]);
    }
  }
  archive.write("epoch", number(progress.epoch));
  archive.write("best_epoch", number(progress.best_epoch));
  archive.write("best_result", number(progress.best));
  optimizer.save(optimizer_archive);
  archive.write("optimizer", optimizer_archive);
  std::ostringstream out;
  archive.save_to(out);
  const std::string bytes = std::move(out).str();
  return write_file(path, bytes.data(), bytes.size());
}

Result<Progress> load_checkpoint(const std::filesystem::path& path, Executor& executor,
                                 torch::optim::Optimizer& optimizer) {
  InputArchive archive;
  MOTE_CHECK_OK(open_archive(path, archive));
  MOTE_CHECK_OK(read_network(path, archive, executor));
  try {
    Progress progress;
    progress.epoch = static_cast<int>(read_number(archive, "epoch"));
    progress.best_epoch = static_cast<int>(read_number(archive, "best_epoch"));
    progress.best = read_number(archive, "best_result");
    for (const NamedTensor& named : executor.state()) {
      torch::Tensor best;
      if (!archive.try_read(key_of("best", named.name), best)) break;
      progress.best_state.push_back(best);
    }
    InputArchive optimizer_archive;
    archive.read("optimizer", optimizer_archive);
    optimizer.load(optimizer_archive);
    return progress;
  } catch (const std::exception&) {
    return fail("{}: is of another optimizer than the project's; delete it, or leave out --resume",
                path.string());
  }
}

Result<void> load_network(const std::filesystem::path& path, Executor& executor) {
  InputArchive archive;
  MOTE_CHECK_OK(open_archive(path, archive));
  return read_network(path, archive, executor);
}

}  // namespace mote::train
