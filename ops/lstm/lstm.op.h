// SPDX-License-Identifier: Apache-2.0
// What the records of LSTMs in one and in two directions share.
#ifndef MOTE_OPS_LSTM_LSTM_OP_H_
#define MOTE_OPS_LSTM_LSTM_OP_H_

#include "ir/builder.h"
#include "ir/lowering.h"
#include "ops/lstm/lstm.h"

namespace mote {

/// Where a node has the operands of one LSTM: the first of four weights of inputs, of four weights
/// of hidden states and of four biases (of the input, forget, cell and output gate), and states.
struct LstmPlaces {
  int weights, recurrent, bias;
  int hidden, cell;
};

/// Rows of element types for an operator with `inputs` inputs, input 0 and the LSTMs' among them,
/// and `outputs` outputs.
std::vector<TypeRow> lstm_types(size_t inputs, size_t outputs, bool integers,
                                const std::vector<LstmPlaces>& lstms);

/// The attributes that all have; `time_major` is the file's default.
std::vector<AttributeSpec> lstm_attributes(bool time_major);

/// How many cells there are: the rows of the first weights. REQUIRES: check_lstm_shapes() passed.
int32_t lstm_cells(const NodeView& node, const LstmPlaces& places);

/// Whether input 0 has 3 dimensions and the others fit.
Result<void> check_lstm_shapes(const NodeView& node, const LstmPlaces& places);

/// Whether weights are constants and quantised as integers need it.
Result<void> check_lstm(const NodeView& node, const LstmPlaces& places);

/// Whether optional inputs `first` to `last` are absent. Errors name what an LSTM would be that has
/// them.
Result<void> check_lstm_absent(const NodeView& node, int first, int last, const char* variant);

/// Emits the kernel that runs one LSTM over input 0. Its results are the columns of `output` from
/// `first_column` on.
void emit_lstm(Lowering& node, const LstmPlaces& places, int output, int32_t first_column,
               bool backwards);

/// All kernels that emit_lstm() may emit.
std::vector<const KernelInfo*> lstm_kernels();

/// Multiply-accumulates of one LSTM.
int64_t lstm_macs(const NodeView& node, const LstmPlaces& places);

/// What a sample case is made of.
struct LstmCase {
  DType dtype;
  LstmSequence sequence;
  double cell_clip;
  Quantization input_q = {}, hidden_q = {};  // random if not given
};

/// Adds random weights, biases and new variables for the states to `inputs`, which has as many
/// places as the record has inputs.
void add_lstm_operands(std::mt19937& random, GraphBuilder& builder, const LstmCase& c,
                       const LstmPlaces& places, const std::string& name,
                       std::vector<TensorId>* inputs);

}  // namespace mote

#endif  // MOTE_OPS_LSTM_LSTM_OP_H_
