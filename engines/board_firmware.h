// SPDX-License-Identifier: Apache-2.0
// Firmware around a model's image, made from the sources that the program carries, and how to find
// one inference in the counts of its run.
#ifndef MOTE_ENGINES_BOARD_FIRMWARE_H_
#define MOTE_ENGINES_BOARD_FIRMWARE_H_

#include <filesystem>
#include <map>
#include <string>

#include "boards/link_map.h"
#include "boards/run.h"
#include "engines/engine.h"

namespace mote {

struct ModelFirmware {
  LoadedElf elf;
  std::vector<LinkPiece> pieces;

  /// The source of the code at this address, "ops/conv_2d/reference.cc", "libgcc"; empty if none.
  std::string source_at(uint32_t address) const;
  /// Whether the code at this address is there for the virtual board's sake only: start-up, files
  /// through semihosting, the program around the model.
  bool is_harness(uint32_t address) const;
};

/// Compiles, links into `folder` and reads. `program` are the sources around the model, which have
/// mote_main(); without them, those of engines/firmware/. Errors: build_firmware()'s.
Result<ModelFirmware> build_model_firmware(const ImageModel& model, const Machine& machine,
                                           const std::filesystem::path& folder,
                                           const std::map<std::string, std::string>& program = {});

/// Whether a source is of the harness (see is_harness).
bool is_harness_source(const std::string& source);

/// What a run that counted model_marks() was: segments, as indices into its `segments`.
struct ModelRun {
  std::vector<size_t> first_setup;              // open()
  std::vector<size_t> setup;                    // reopen()
  std::vector<std::vector<size_t>> inferences;  // of each: what is before the first step, the steps
};

/// For RunOptions::marks. Errors: the firmware isn't one of build_model_firmware().
Result<std::vector<uint32_t>> model_marks(const ModelFirmware& firmware);

/// Errors: the firmware ended before it was done.
Result<ModelRun> find_inferences(const ExecutionCounts& counts);

}  // namespace mote

#endif  // MOTE_ENGINES_BOARD_FIRMWARE_H_
