// SPDX-License-Identifier: Apache-2.0
#include "engines/footprint.h"

#include <algorithm>
#include <map>

namespace mote {
namespace {

/// Room and part of a source: "ops/conv_2d/reference.cc" is part "conv_2d" of "ops".
FlashPart part_of(const LinkPiece& piece) {
  const std::string& source = piece.source;
  if (source.empty()) return {.room = "linker", .part = "alignment gaps"};
  if (source == "libgcc") return {.room = "compiler library", .part = "libgcc"};
  if (source == "model/image.S") return {.room = "model", .part = "image"};
  if (source == "model/arena.cc") return {.room = "model", .part = "arena"};
  if (source == "model/session.cc") return {.room = "runtime", .part = "session"};
  if (source == "model/kernels.cc") return {.room = "runtime", .part = "kernel table"};
  if (source == "boards/firmware/memory.cc") return {.room = "base", .part = "memory functions"};
  if (is_harness_source(source)) {
    return {.room = "harness", .part = "start-up and semihosting", .harness = true};
  }
  size_t slash = source.find('/');
  std::string room = source.substr(0, slash);
  std::string rest = slash == std::string::npos ? source : source.substr(slash + 1);
  size_t end = room == "ops" ? rest.find('/') : rest.find('.');
  return {.room = room, .part = rest.substr(0, end)};
}

/// Adds a piece to its part; false for the arena and what else has its own place in a Footprint.
void add_piece(const LinkPiece& piece, FlashPart* part) {
  if (piece.section == ".text") part->text += piece.bytes;
  if (piece.section == ".rodata") part->rodata += piece.bytes;
  if (piece.section == ".data") part->data += piece.bytes;
  if (piece.section == ".bss") part->bss += piece.bytes;
}

std::string model_in_ram(const Footprint& use) {
  return use.image_ram_bytes ? fmt::format("model {}, ", use.image_ram_bytes) : "";
}

std::string memory_misfit(const BoardTarget& target, const char* kind, const MemoryLimit& limit,
                          uint64_t needed, const std::string& what) {
  if (needed <= limit.bytes) return {};
  return fmt::format("{} has {} bytes of {} ({}), {} too few: the model needs {} ({})", target.name,
                     limit.bytes, kind, limit.bytes ? limit.name : "none", needed - limit.bytes,
                     needed, what);
}

}  // namespace

Footprint footprint(const ModelFirmware& firmware, const ImageModel& model, uint32_t stack_bytes) {
  std::map<std::pair<std::string, std::string>, FlashPart> parts;
  for (const LinkPiece& piece : firmware.pieces) {
    FlashPart part = part_of(piece);
    auto [at, fresh] = parts.try_emplace({part.room, part.part}, part);
    add_piece(piece, &at->second);
  }
  Footprint result;
  result.arena_bytes = model.arena_bytes;
  result.stack_bytes = stack_bytes;
  for (auto& [key, part] : parts) {
    if (part.flash_bytes() + part.bss == 0) continue;
    bool image = part.room == "model" && part.part == "image";
    if (image) {
      result.image_bytes = part.flash_bytes();
      result.image_ram_bytes = part.data;
    } else if (!part.harness) {
      result.code_bytes += part.flash_bytes();
      result.variables_bytes += part.data + part.bss;
    }
    result.parts.push_back(part);
  }
  std::stable_sort(
      result.parts.begin(), result.parts.end(),
      [](const FlashPart& a, const FlashPart& b) { return a.flash_bytes() > b.flash_bytes(); });
  return result;
}

std::string misfit(const Footprint& use, const BoardTarget& target) {
  if (!target.board) return {};
  std::string ram =
      memory_misfit(target, "RAM", ram_limit(*target.board), use.ram_bytes(),
                    fmt::format("arena {}, {}variables {}, stack {}", use.arena_bytes,
                                model_in_ram(use), use.variables_bytes, use.stack_bytes));
  if (!ram.empty()) return ram;
  return memory_misfit(target, "flash", flash_limit(*target.board), use.flash_bytes(),
                       fmt::format("model {}, code {}", use.image_bytes, use.code_bytes));
}

}  // namespace mote
