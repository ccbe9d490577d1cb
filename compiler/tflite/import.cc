// SPDX-License-Identifier: Apache-2.0
#include "compiler/tflite/import.h"

#include <algorithm>

#include "compiler/tflite/file_checks.h"
#include "compiler/tflite/operator_codes.h"
#include "ir/verifier.h"

namespace mote::tflite {

Result<void> Import::enter(uint32_t index) {
  constexpr uint64_t kMostOperators = UINT16_MAX, kMostCopies = 64, kSmallFile = 1 << 16;
  uint32_t count = model.subgraphs() ? model.subgraphs()->size() : 0;
  if (index >= count) return fail("subgraph {} doesn't exist, the file has {}", index, count);
  if (std::find(open_.begin(), open_.end(), index) != open_.end()) {
    return fail("subgraph {} calls itself; a device has no stack for that", index);
  }
  if (open_.size() > kMostNesting) {
    return fail("subgraph {} is called from {} others in each other, at most {} are supported",
                index, open_.size(), kMostNesting);
  }
  const tflite_schema::SubGraph& subgraph = *model.subgraphs()->Get(index);
  operators_ += subgraph.operators() ? subgraph.operators()->size() : 0;
  copied_bytes_ += bytes_copied(subgraph);
  if (operators_ > kMostOperators ||
      (!open_.empty() &&
       copied_bytes_ > kMostCopies * std::max<uint64_t>(file_bytes_, kSmallFile))) {
    return fail(
        "subgraph {} and others are called so often that they unfold to more than {} "
        "operators or {} times the file's size",
        index, kMostOperators, kMostCopies);
  }
  open_.push_back(index);
  return {};
}

const Tensor& Import::variable(const std::string& name, const Tensor& like) {
  auto [entry, added] = variables_.try_emplace(name, like);
  if (added) {
    entry->second.name = name;
    entry->second.data = nullptr;
    entry->second.variable = true;
    taken_.insert(name);
  }
  return entry->second;
}

std::string Import::variable_tensor_name(uint32_t subgraph, TensorId id, const std::string& name) {
  auto [entry, added] = tensor_names_.try_emplace({subgraph, id}, name);
  if (added) {
    if (name.empty() || taken_.count(name)) {
      entry->second = fmt::format("{}#{}.{}", name, subgraph, id);
    }
    taken_.insert(entry->second);
  }
  return entry->second;
}

std::optional<std::string> handle_name(const tflite_schema::Model& model,
                                       const tflite_schema::Operator& op) {
  if (!is_builtin(model, op, tflite_schema::BuiltinOperator_VAR_HANDLE)) return std::nullopt;
  const auto* options = op.builtin_options_as_VarHandleOptions();
  auto text = [](const flatbuffers::String* stored) { return stored ? stored->str() : ""; };
  if (!options) return "";
  std::string container = text(options->container()), name = text(options->shared_name());
  return container.empty() ? name : container + "/" + name;
}

}  // namespace mote::tflite
