// SPDX-License-Identifier: Apache-2.0
// What a format finds on disk, before classes are chosen, headers looked at and examples split.
// A format is one function and one row of data_formats().
#ifndef MOTE_TRAIN_DATA_FORMATS_LISTING_H_
#define MOTE_TRAIN_DATA_FORMATS_LISTING_H_

#include <optional>
#include <set>

#include "train/data/dataset.h"

namespace mote::train {

struct Found {
  Example example;         // path relative to the listed folder, offset, group, columns
  std::string class_name;  // for regression: the number as text
  std::optional<Split> given;
};

struct Listing {
  std::vector<Found> found;       // by path
  std::set<std::string> classes;  // also those of empty folders
  std::vector<Skipped> skipped;
};

struct Format {
  DataFormat format;
  Result<Listing> (*list)(const Project& project, const std::filesystem::path& root);
};

Result<Listing> list_folders(const Project& project, const std::filesystem::path& root);
Result<Listing> list_labels(const Project& project, const std::filesystem::path& root);
Result<Listing> list_cifar10(const Project& project, const std::filesystem::path& root);
Result<Listing> list_speech_commands(const Project& project, const std::filesystem::path& root);
Result<Listing> list_fsdd(const Project& project, const std::filesystem::path& root);
Result<Listing> list_toyadmos(const Project& project, const std::filesystem::path& root);

const Format& format_of(DataFormat format);

/// Files below a folder that the kind of input reads, by path: relative, with '/' between. Hidden
/// ones are left out.
std::vector<std::string> files_below(const std::filesystem::path& root, InputKind kind);

/// "train", "validation" and "test", and what else they are called.
std::optional<Split> split_named(std::string_view name);

/// Before the first '/' of a path, which `*rest` follows; the whole path and nothing without one.
std::string first_folder(const std::string& path, std::string* rest);

/// A message without the path that it may begin with.
std::string without_path(std::string message, const std::filesystem::path& path);

/// Decodes record Example::offset of a CIFAR-10 batch.
Result<Signal> read_cifar10_record(const Project& project, const std::filesystem::path& file,
                                   const Example& example);

}  // namespace mote::train

#endif  // MOTE_TRAIN_DATA_FORMATS_LISTING_H_
