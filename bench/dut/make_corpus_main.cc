// SPDX-License-Identifier: Apache-2.0
// Writes dialogues with the device into a folder: where protocol_fuzz starts from.
//
//     make_protocol_corpus FOLDER && protocol_fuzz FOLDER
#include <cstdio>

#include "base/host/file.h"

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const char* dialogues[] = {"name%profile%help%timestamp%", "db load 4%db fcfd%db 0A7f%infer 2 1%",
                             "db load 16%db 0000803e000080bf%db 0000c8420000803f%infer 1%results%",
                             "db load 4%db 00112233%db print%"};
  if (!mote::make_folder(argv[1]).ok()) return 1;
  int files = 0;
  for (const char* dialogue : dialogues) {
    for (char kind : {0, 1, 2, 5, 64, 66}) {
      std::string text = kind + std::string(dialogue);
      auto path = std::filesystem::path(argv[1]) / std::to_string(files++);
      if (!mote::write_file(path, mote::Bytes(text.begin(), text.end())).ok()) return 1;
    }
  }
  std::printf("%d dialogues\n", files);
  return 0;
}
