// SPDX-License-Identifier: Apache-2.0
// CIFAR-10's binary form: data_batch_*.bin and test_batch.bin, records of one byte of class and
// 32x32 pixels as three planes, red, green, blue; names of classes in batches.meta.txt.
#include <cstring>
#include <fstream>

#include "base/host/file.h"
#include "train/data/formats/listing.h"
#include "train/data/picture.h"

namespace mote::train {
namespace {

constexpr int kSide = 32, kPlane = kSide * kSide, kRecord = 1 + 3 * kPlane;

Result<std::vector<std::string>> class_names(const std::filesystem::path& folder) {
  std::vector<std::string> names = {"airplane", "automobile", "bird",  "cat",  "deer",
                                    "dog",      "frog",       "horse", "ship", "truck"};
  std::error_code error;
  if (!std::filesystem::exists(folder / "batches.meta.txt", error)) return names;
  std::ifstream file(folder / "batches.meta.txt");
  names.clear();
  for (std::string name; file >> name;) names.push_back(name);
  return names;
}

void add_records(const std::string& path, const Bytes& file, const std::vector<std::string>& names,
                 Split split, Listing* listing) {
  for (size_t at = 0; at + kRecord <= file.size(); at += kRecord) {
    Found found;
    found.example.path = path;
    found.example.offset = at / kRecord;
    found.given = split;
    if (file[at] >= names.size()) {
      std::string record = fmt::format("{}, record {}", path, at / kRecord);
      listing->skipped.push_back(
          {record, fmt::format("is of class {}; there are {}", file[at], names.size())});
      continue;
    }
    found.class_name = names[file[at]];
    listing->found.push_back(std::move(found));
  }
}

}  // namespace

Result<Listing> list_cifar10(const Project&, const std::filesystem::path& root) {
  Listing listing;
  std::error_code error;
  std::filesystem::path folder = "cifar-10-batches-bin";
  if (!std::filesystem::exists(root / folder, error)) folder.clear();
  MOTE_TRY(const std::vector<std::string> names, class_names(root / folder));
  for (const char* name : {"data_batch_1", "data_batch_2", "data_batch_3", "data_batch_4",
                           "data_batch_5", "test_batch"}) {
    std::string path = (folder / (std::string(name) + ".bin")).generic_string();
    if (!std::filesystem::exists(root / path, error)) continue;
    MOTE_TRY(const Bytes file, read_file(root / path));
    if (file.size() % kRecord != 0) {
      listing.skipped.push_back(
          {path, fmt::format("holds {} bytes, which isn't a whole number of records of {}; its "
                             "last one is left out",
                             file.size(), kRecord)});
    }
    Split split = name[0] == 't' ? Split::kTest : Split::kTrain;
    add_records(path, file, names, split, &listing);
  }
  return listing;
}

Result<Signal> read_cifar10_record(const Project& project, const std::filesystem::path& path,
                                   const Example& example) {
  uint8_t record[kRecord];
  std::ifstream file(path, std::ios::binary);
  file.seekg(static_cast<std::streamoff>(example.offset) * kRecord);
  if (!file.read(reinterpret_cast<char*>(record), kRecord)) {
    return fail("{}: has no record {}", path.string(), example.offset);
  }
  int channels = project.input.channels;
  Picture picture{kSide, kSide, channels, {}};
  for (int i = 0; i < kPlane; ++i) {
    const uint8_t* pixel = record + 1 + i;
    int red = pixel[0], green = pixel[kPlane], blue = pixel[2 * kPlane];
    if (channels == 1) {  // ITU-R BT.601
      picture.pixels.push_back(static_cast<uint8_t>((299 * red + 587 * green + 114 * blue) / 1000));
    } else {
      for (int value : {red, green, blue}) picture.pixels.push_back(static_cast<uint8_t>(value));
    }
  }
  picture = resized(picture, project.input.width, project.input.height);
  return Signal{project.input.shape(), {picture.pixels.begin(), picture.pixels.end()}};
}

}  // namespace mote::train
