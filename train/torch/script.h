// SPDX-License-Identifier: Apache-2.0
// TorchScript models as mote's graphs: the way in for what was made with PyTorch.
#ifndef MOTE_TRAIN_TORCH_SCRIPT_H_
#define MOTE_TRAIN_TORCH_SCRIPT_H_

#include <filesystem>

#include "ir/graph.h"

namespace mote::train {

/// Reads what torch.jit.save() or torch.jit.trace(…).save() wrote, in evaluation mode, its weights
/// frozen and its batch norms folded. `features` is the input's shape with batch 1; the script sees
/// a picture [1,height,width,channels] as [1,channels,height,width]. Convolutions (whole or
/// depthwise), dense layers, batch norm, pooling, means over a picture, sums, products,
/// concatenation, the usual activations, flattening and softmax are understood. Errors: no such
/// file, not TorchScript, an operator without a rule, named.
Result<Graph> read_script(const std::filesystem::path& path, const Shape& features);

}  // namespace mote::train

#endif  // MOTE_TRAIN_TORCH_SCRIPT_H_
