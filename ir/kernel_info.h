// SPDX-License-Identifier: Apache-2.0
// What the host knows of a kernel beyond calling it: its name, where its source stands and the
// fields of its params, so that lowering can pack params, the C++ writer can spell them and a
// change of a params struct changes the kernel's id.
#ifndef MOTE_IR_KERNEL_INFO_H_
#define MOTE_IR_KERNEL_INFO_H_

#include <cstdint>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/kernel.h"

namespace mote {

/// One 32-bit field of a params struct.
struct ParamField {
  const char* name;
  bool is_float;
};

struct KernelInfo {
  std::string_view name;         // the function, "conv_2d_int8", in namespace mote
  std::string_view check_name;   // its check, "check_conv_2d_int8"
  std::string_view params_name;  // the params struct, "Conv2dInt8Params"
  std::string_view header;       // root-relative file that declares them
  std::string_view source;       // root-relative file that defines them
  std::vector<ParamField> fields;
  Kernel kernel;  // the host's own build of it

  uint32_t id() const { return kernel.id; }
};

/// FNV-1a of the kernel's name and the names and types of its params' fields: an image can only
/// bind to a kernel that reads its params the way they were written.
uint32_t kernel_id(std::string_view name, const std::vector<ParamField>& fields);

namespace detail {
template <typename P, typename... Fields>
constexpr bool covers() {
  return ((sizeof(Fields) == 4) && ...) && sizeof(P) == 4 * sizeof...(Fields);
}
template <typename T>
constexpr bool is_float_field = false;
template <>
inline constexpr bool is_float_field<float> = true;
}  // namespace detail

/// REQUIRES (checked where MOTE_KERNEL is used): `fields` are all fields of the params, in order.
template <auto Function, auto Check>
KernelInfo make_kernel_info(std::string_view name, std::string_view check_name,
                            std::string_view params_name, std::string_view header,
                            std::string_view source, std::vector<ParamField> fields) {
  uint32_t id = kernel_id(name, fields);
  return {name,
          check_name,
          params_name,
          header,
          source,
          std::move(fields),
          make_kernel<Function, Check>(id)};
}

// MOTE_EACH(F, a, b, c) expands to F(a), F(b), F(c), for up to 4^4 arguments.
#define MOTE_PARENS_ ()
#define MOTE_EXPAND_(...) MOTE_EXPAND4_(MOTE_EXPAND4_(MOTE_EXPAND4_(MOTE_EXPAND4_(__VA_ARGS__))))
#define MOTE_EXPAND4_(...) MOTE_EXPAND3_(MOTE_EXPAND3_(MOTE_EXPAND3_(MOTE_EXPAND3_(__VA_ARGS__))))
#define MOTE_EXPAND3_(...) MOTE_EXPAND2_(MOTE_EXPAND2_(MOTE_EXPAND2_(MOTE_EXPAND2_(__VA_ARGS__))))
#define MOTE_EXPAND2_(...) __VA_ARGS__
#define MOTE_EACH_NEXT_(F, P, first, ...) \
  F(P, first) __VA_OPT__(, MOTE_EACH_AGAIN_ MOTE_PARENS_(F, P, __VA_ARGS__))
#define MOTE_EACH_AGAIN_() MOTE_EACH_NEXT_
#define MOTE_EACH(F, P, ...) __VA_OPT__(MOTE_EXPAND_(MOTE_EACH_NEXT_(F, P, __VA_ARGS__)))
#define MOTE_FIELD_TYPE_(P, field) std::remove_reference_t<decltype(std::declval<P>().field)>
#define MOTE_FIELD_(P, field)                                            \
  ::mote::ParamField {                                                   \
#field, ::mote::detail::is_float_field < MOTE_FIELD_TYPE_(P, field)> \
  }

/// The fields of params struct P, all of them and in order; a forgotten one doesn't compile.
/// Fields of a nested struct are written `window.stride_h`.
#define MOTE_FIELDS(P, ...)                                                                 \
  [] {                                                                                      \
    static_assert(::mote::detail::covers<P, MOTE_EACH(MOTE_FIELD_TYPE_, P, __VA_ARGS__)>(), \
                  "MOTE_FIELDS must list every field of " #P ", each of 32 bits");          \
    return std::vector<::mote::ParamField>{MOTE_EACH(MOTE_FIELD_, P, __VA_ARGS__)};         \
  }()

/// The KernelInfo of mote::function with check check_<function>, declared in
/// ops/<folder>/<folder>.h and defined in ops/<folder>/<file>; the last argument is a
/// MOTE_FIELDS(...), which a macro around this one may have expanded already.
#define MOTE_KERNEL(function, P, folder, file, ...)                                             \
  ::mote::make_kernel_info<&::mote::function, &::mote::check_##function>(                       \
      #function, "check_" #function, #P, "ops/" folder "/" folder ".h", "ops/" folder "/" file, \
      __VA_ARGS__)

}  // namespace mote

#endif  // MOTE_IR_KERNEL_INFO_H_
