// SPDX-License-Identifier: Apache-2.0
// All of libtorch's headers, in one place to precompile.
#ifndef MOTE_TRAIN_TORCH_LIBTORCH_H_
#define MOTE_TRAIN_TORCH_LIBTORCH_H_

#include <torch/torch.h>

#endif  // MOTE_TRAIN_TORCH_LIBTORCH_H_
