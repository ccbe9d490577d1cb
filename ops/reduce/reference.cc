// SPDX-License-Identifier: Apache-2.0
// The definition of reductions.
#include "ops/reduce/reduce.h"

namespace mote {
namespace {

/// fold(…fold(fold(start, x0), x1)…) over the reduced elements from `first` on.
template <typename Value, typename T, typename Fold>
Value fold_from(const StridedLoops<1>& reduced, const T* first, Value value, Fold fold) {
  Walk<1> at(reduced);
  do {
    const T* row = first + at.offset(0);
    for (int32_t i = 0; i < reduced.row_length(); ++i) {
      value = fold(value, row[i * reduced.row_stride(0)]);
    }
  } while (at.next_row());
  return value;
}

/// Calls output_at(first) with the first input element of each output element.
template <typename T, typename OutputAt>
void for_each_output(const StridedLoops<1>& kept, const T* input, OutputAt output_at) {
  Walk<1> at(kept);
  do {
    const T* row = input + at.offset(0);
    for (int32_t i = 0; i < kept.row_length(); ++i) output_at(row + i * kept.row_stride(0));
  } while (at.next_row());
}

template <typename T>
bool check_reduced(const StridedLoops<1>& kept, const StridedLoops<1>& reduced,
                   const Operand* operands) {
  Reach outer, inner;
  const int32_t *k = kept.dims, *r = reduced.dims;
  return reach_of(k, kept.strides[0], &outer) && reach_of(r, reduced.strides[0], &inner) &&
         outer.low == 0 && inner.low == 0 && operands[0].holds<T>(outer.high + inner.high + 1) &&
         operands[0].holds<T>(k[0], k[1], k[2], k[3], k[4], k[5], r[0], r[1], r[2], r[3], r[4],
                              r[5]) &&
         holds_all<T>(kept, operands[1]);
}

template <typename Params, typename T>
void quantized_mean(const Params& p, const T* input, T* output) {
  auto add = [](int32_t sum, T x) { return wrapping_add(sum, x); };
  for_each_output(p.kept, input, [&](const T* first) {
    int32_t sum = wrapping_add(fold_from(p.reduced, first, int32_t{0}, add), p.bias);
    *output++ = finish(multiply_by_quantized_multiplier(sum, p.multiplier), p.output);
  });
}

template <typename T, typename Params>
bool check_quantized_mean(const Params& p, const Operand* operands) {
  return check_reduced<T>(p.kept, p.reduced, operands) && is_valid(p.multiplier) &&
         is_valid(p.output);
}

float fold_sum(float a, float b) {
  return a + b;
}
float fold_product(float a, float b) {
  return a * b;
}
template <typename T>
T fold_sum(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}
template <typename T>
T fold_product(T a, T b) {
  return static_cast<T>(static_cast<uint64_t>(a) * static_cast<uint64_t>(b));
}

template <typename T>
void reduce(const ReduceParams& p, const T* input, T* output) {
  auto fold = [&](T a, T b) -> T {
    switch (p.function) {
      case kReduceSum:
        return fold_sum(a, b);
      case kReduceProd:
        return fold_product(a, b);
      case kReduceMaximum:
        return b > a ? b : a;
      default:
        return b < a ? b : a;
    }
  };
  bool extreme = p.function >= kReduceMaximum;
  for_each_output(p.kept, input, [&](const T* first) {
    T start = extreme ? *first : static_cast<T>(p.function == kReduceProd);
    *output++ = fold_from(p.reduced, first, start, fold);
  });
}

template <typename T, typename Index>
void find_extreme(const ArgParams& p, const T* input, Index* output) {
  for_each_output(p.kept, input, [&](const T* first) {
    int32_t found = 0;
    for (int32_t i = 1; i < p.length; ++i) {
      T x = first[i * p.stride], best = first[found * p.stride];
      if (p.smallest ? x < best : x > best) found = i;
    }
    *output++ = found;
  });
}

template <typename T, typename Index>
bool check_arg(const ArgParams& p, const Operand* operands) {
  StridedLoops<1> axis;  // filled by a loop: an initialiser would call memset
  for (int i = 0; i < kMaxRank; ++i) {
    axis.dims[i] = 1;
    axis.strides[0][i] = 0;
  }
  axis.dims[kMaxRank - 1] = p.length;
  axis.strides[0][kMaxRank - 1] = p.stride;
  Operand reading[2] = {operands[0], {nullptr, INT32_MAX}};
  return check_reduced<T>(p.kept, axis, reading) && holds_all<Index>(p.kept, operands[1]);
}

}  // namespace

void mean_int8(const MeanInt8Params& p, const int8_t* input, int8_t* output) {
  quantized_mean(p, input, output);
}

bool check_mean_int8(const MeanInt8Params& p, const Operand* operands) {
  return check_quantized_mean<int8_t>(p, operands);
}

void mean_int16(const MeanInt16Params& p, const int16_t* input, int16_t* output) {
  quantized_mean(p, input, output);
}

bool check_mean_int16(const MeanInt16Params& p, const Operand* operands) {
  return check_quantized_mean<int16_t>(p, operands);
}

void mean_float32(const MeanFloat32Params& p, const float* input, float* output) {
  auto add = [](float sum, float x) { return sum + x; };
  for_each_output(p.kept, input, [&](const float* first) {
    *output++ = fold_from(p.reduced, first, 0.0f, add) / static_cast<float>(p.count);
  });
}

bool check_mean_float32(const MeanFloat32Params& p, const Operand* operands) {
  return check_reduced<float>(p.kept, p.reduced, operands);
}

#define MOTE_DEFINE(name, T)                                                 \
  void reduce_##name(const ReduceParams& p, const T* input, T* output) {     \
    reduce(p, input, output);                                                \
  }                                                                          \
  bool check_reduce_##name(const ReduceParams& p, const Operand* operands) { \
    return check_reduced<T>(p.kept, p.reduced, operands) &&                  \
           all_within(kReduceSum, kReduceMinimum, p.function);               \
  }
MOTE_REDUCED_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

#define MOTE_DEFINE(name, T)                                                     \
  void arg_##name(const ArgParams& p, const T* input, int32_t* output) {         \
    find_extreme(p, input, output);                                              \
  }                                                                              \
  bool check_arg_##name(const ArgParams& p, const Operand* operands) {           \
    return check_arg<T, int32_t>(p, operands);                                   \
  }                                                                              \
  void arg_##name##_int64(const ArgParams& p, const T* input, int64_t* output) { \
    find_extreme(p, input, output);                                              \
  }                                                                              \
  bool check_arg_##name##_int64(const ArgParams& p, const Operand* operands) {   \
    return check_arg<T, int64_t>(p, operands);                                   \
  }
MOTE_ARG_TYPES(MOTE_DEFINE)
#undef MOTE_DEFINE

}  // namespace mote
