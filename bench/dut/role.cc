// SPDX-License-Identifier: Apache-2.0
#include "bench/dut/role.h"

#include <algorithm>

#include "engines/host_engine.h"

namespace mote::dut {
namespace {

Result<void> check_name(const char* what, const std::string& name) {
  bool fine =
      !name.empty() && name.size() <= 64 && std::all_of(name.begin(), name.end(), [](char c) {
        return c > ' ' && c <= '~' && std::string("\"\\[]%").find(c) == std::string::npos;
      });
  if (fine) return {};
  return fail(
      "{} \"{}\": the protocol takes 1 to 64 printable characters, no blanks and none of \" \\ [ ] "
      "%",
      what, name);
}

bool is_one_of(DType dtype, std::initializer_list<DType> allowed) {
  return std::find(allowed.begin(), allowed.end(), dtype) != allowed.end();
}

Result<void> check_tensors(const Session& session, const DutOptions& options) {
  if (session.input_count() != 1) {
    return fail("{}: has {} inputs; the benchmark's protocol loads one", options.model,
                session.input_count());
  }
  DType in = session.input(0).dtype, out = session.output(0).dtype;
  if (options.input != InputForm::kRaw && !is_one_of(in, {DType::kInt8, DType::kFloat32}) &&
      !(options.input == InputForm::kUnsigned && in == DType::kUInt8)) {
    return fail("{}: its input is {}; the task's data go into int8 or float32", options.model,
                name_of(in));
  }
  bool compares = options.result == ResultForm::kReconstructionError;
  if (compares &&
      (options.input != InputForm::kFloat ||
       input_bytes(session.input(0), options.input) != 4 * elements(session.output(0)))) {
    return fail(
        "{}: its output must have as many elements as its float input, which it is compared with",
        options.model);
  }
  if (is_one_of(out, {DType::kInt8, DType::kUInt8, DType::kInt16, DType::kFloat32})) return {};
  return fail("{}: its output is {}; results are made of int8, uint8, int16 or float32",
              options.model, name_of(out));
}

}  // namespace

Result<std::string> role_source(const ImageModel& model, const DutOptions& options) {
  MOTE_CHECK_OK(check_name("--vendor", options.vendor));
  MOTE_CHECK_OK(check_name("the model's name", options.model));
  MOTE_TRY(HostEngine engine, HostEngine::make(model.image));
  MOTE_CHECK_OK(check_tensors(engine.session(), options));
  return fmt::format(
      "#include \"bench/dut/device/protocol.h\"\n"
      "extern const mote::dut::Role mote_role = {{\n"
      "    \"{}\", \"{}\", mote::dut::InputForm({}), mote::dut::ResultForm({}), {}}};\n"
      "extern const uint32_t mote_buffer_bytes = {};\n"
      "alignas(4) uint8_t mote_buffer[{}];\n",
      options.vendor, options.model, static_cast<int>(options.input),
      static_cast<int>(options.result), options.energy,
      buffer_bytes(engine.session().input(0), options.input),
      buffer_bytes(engine.session().input(0), options.input));
}

}  // namespace mote::dut
