// SPDX-License-Identifier: Apache-2.0
// Many inputs at once, from files and folders, with what is right if that is known.
#ifndef MOTE_CLI_SAMPLES_H_
#define MOTE_CLI_SAMPLES_H_

#include <map>

#include "cli/input_file.h"

namespace mote {

struct Samples {
  std::vector<std::filesystem::path> files;
  std::vector<std::vector<Bytes>> inputs;  // of each file
  std::vector<int> labels;                 // of each file; empty: not known
  std::vector<std::string> classes;        // the folders' names, if labels come from them
};

/// Reads files, and of a folder the files in it, in the order of their names. If a folder has
/// folders instead, each is a class, numbered in the order of their names; `truth` (read_truth())
/// wins over that. Errors: an empty folder, a file that isn't such an input or has no class where
/// others have one.
Result<Samples> read_samples(const std::vector<std::string>& arguments,
                             const std::vector<Tensor>& inputs, const InputOptions& options,
                             const std::string& truth = {});

/// File name -> class, from lines "file,classes,class" or "file,class". Errors: another line.
Result<std::map<std::string, size_t>> read_truth(const std::string& path);

}  // namespace mote

#endif  // MOTE_CLI_SAMPLES_H_
