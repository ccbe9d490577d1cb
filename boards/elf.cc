// SPDX-License-Identifier: Apache-2.0
#include "boards/elf.h"

#include <cxxabi.h>
#include <elf.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <string_view>

namespace mote {
namespace {

constexpr size_t kMaxNameBytes = 1024;
constexpr int kMaxSubstitutions = 24;
constexpr uint32_t kMaxProgramHeaders = 64;

/// Whether a mangled name refers back to its own parts so often that it could unfold without end; a
/// hostile name doubles in length with every few characters.
bool unfolds(const std::string& name) {
  int references = 0;
  for (size_t i = 0; i + 1 < name.size(); ++i) {
    char next = name[i + 1];
    bool numbered = next == '_' || (next >= '0' && next <= '9') || (next >= 'A' && next <= 'Z');
    references += (name[i] == 'S' || name[i] == 'T') && numbered;
  }
  return references > kMaxSubstitutions;
}

/// The name as written in C++; the mangled one if it isn't one, or if the plain one is too long.
std::string demangle(const std::string& name) {
  if (!name.starts_with("_Z") || unfolds(name)) return name;
  int status = 0;
  std::unique_ptr<char, void (*)(void*)> plain(
      abi::__cxa_demangle(name.c_str(), nullptr, nullptr, &status), std::free);
  if (status != 0 || std::strlen(plain.get()) > 4 * kMaxNameBytes) return name;
  return plain.get();
}

class ElfReader {
 public:
  explicit ElfReader(const Bytes& file) : file_(file) {}

  Result<Elf> read() {
    Elf32_Ehdr header;
    if (!load(0, &header) || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
      return fail("isn't an ELF file");
    }
    if (header.e_ident[EI_CLASS] != ELFCLASS32 || header.e_ident[EI_DATA] != ELFDATA2LSB) {
      return fail("isn't a 32-bit little-endian ELF file");
    }
    elf_.entry = header.e_entry;
    MOTE_CHECK_OK(read_segments(header));
    if (header.e_shnum > 0 && header.e_shentsize != sizeof(Elf32_Shdr)) {
      return fail("its section headers aren't {} bytes long", sizeof(Elf32_Shdr));
    }
    for (uint32_t i = 0; i < header.e_shnum; ++i) {
      Elf32_Shdr section;
      if (!load(uint64_t{header.e_shoff} + uint64_t{i} * sizeof section, &section)) {
        return fail("its section headers lie outside the file");
      }
      sections_.push_back(section);
    }
    if (header.e_shstrndx < sections_.size()) names_ = &sections_[header.e_shstrndx];
    for (const Elf32_Shdr& section : sections_) {
      count(section);
      if (section.sh_type == SHT_SYMTAB) MOTE_CHECK_OK(read_symbols(section));
    }
    std::sort(elf_.functions.begin(), elf_.functions.end(),
              [](const ElfFunction& a, const ElfFunction& b) { return a.address < b.address; });
    return std::move(elf_);
  }

 private:
  template <typename T>
  bool load(uint64_t offset, T* out) const {
    if (offset > file_.size() || sizeof(T) > file_.size() - offset) return false;
    std::memcpy(out, file_.data() + offset, sizeof(T));
    return true;
  }

  Result<void> read_segments(const Elf32_Ehdr& header) {
    if (header.e_phnum > kMaxProgramHeaders) {
      return fail("it has {} program headers, more than {}", header.e_phnum, kMaxProgramHeaders);
    }
    if (header.e_phnum > 0 && header.e_phentsize != sizeof(Elf32_Phdr)) {
      return fail("its program headers aren't {} bytes long", sizeof(Elf32_Phdr));
    }
    for (uint32_t i = 0; i < header.e_phnum; ++i) {
      Elf32_Phdr segment;
      if (!load(uint64_t{header.e_phoff} + uint64_t{i} * sizeof segment, &segment)) {
        return fail("its program headers lie outside the file");
      }
      if (segment.p_type != PT_LOAD || segment.p_filesz == 0) continue;
      if (uint64_t{segment.p_offset} + segment.p_filesz > file_.size()) {
        return fail("what it loads at 0x{:08x} lies outside the file", segment.p_paddr);
      }
      elf_.segments.push_back({segment.p_paddr, segment.p_filesz, segment.p_offset});
    }
    return {};
  }

  /// The zero-terminated string at `offset` of a string table, cut after kMaxNameBytes; empty if it
  /// lies outside.
  std::string string_at(const Elf32_Shdr& table, uint32_t offset) const {
    uint64_t begin = uint64_t{table.sh_offset} + offset;
    if (offset >= table.sh_size || begin >= file_.size()) return {};
    uint64_t room = std::min<uint64_t>(file_.size() - begin, table.sh_size - offset);
    auto from = file_.begin() + static_cast<std::ptrdiff_t>(begin);
    auto limit = from + static_cast<std::ptrdiff_t>(std::min<uint64_t>(room, kMaxNameBytes));
    return std::string(from, std::find(from, limit, 0));
  }

  void count(const Elf32_Shdr& section) {
    if (!(section.sh_flags & SHF_ALLOC)) return;
    std::string name = names_ ? string_at(*names_, section.sh_name) : "";
    if (name.rfind(".ARM.", 0) == 0 || name.rfind(".rel", 0) == 0) return;
    bool writable = section.sh_flags & SHF_WRITE, code = section.sh_flags & SHF_EXECINSTR;
    uint64_t& bucket = section.sh_type == SHT_NOBITS ? elf_.sizes.bss
                       : writable                    ? elf_.sizes.data
                       : code                        ? elf_.sizes.text
                                                     : elf_.sizes.rodata;
    bucket += section.sh_size;
  }

  Result<void> read_symbols(const Elf32_Shdr& table) {
    if (table.sh_link >= sections_.size()) return fail("its symbol table has no string table");
    const Elf32_Shdr& strings = sections_[table.sh_link];
    for (uint64_t at = 0; at + sizeof(Elf32_Sym) <= table.sh_size; at += sizeof(Elf32_Sym)) {
      Elf32_Sym symbol;
      if (!load(table.sh_offset + at, &symbol)) return fail("its symbols lie outside the file");
      if (ELF32_ST_TYPE(symbol.st_info) != STT_FUNC || symbol.st_shndx == SHN_UNDEF) continue;
      elf_.functions.push_back(
          {symbol.st_value & ~1u, symbol.st_size, demangle(string_at(strings, symbol.st_name))});
    }
    return {};
  }

  const Bytes& file_;
  std::vector<Elf32_Shdr> sections_;
  const Elf32_Shdr* names_ = nullptr;
  Elf elf_;
};

}  // namespace

const ElfFunction* Elf::function_at(uint32_t address) const {
  auto after = std::upper_bound(
      functions.begin(), functions.end(), address,
      [](uint32_t value, const ElfFunction& function) { return value < function.address; });
  if (after == functions.begin()) return nullptr;
  const ElfFunction& function = *(after - 1);
  return address - function.address < std::max(function.bytes, 2u) ? &function : nullptr;
}

std::string without_parameters(const std::string& name) {
  constexpr std::string_view kAnonymous = "(anonymous namespace)";
  size_t at = name.find('(');
  while (at != std::string::npos && std::string_view(name).substr(at).starts_with(kAnonymous)) {
    at = name.find('(', at + kAnonymous.size());
  }
  return name.substr(0, at);
}

Result<Elf> read_elf(const Bytes& file, const std::string& name) {
  Result<Elf> elf = ElfReader(file).read();
  if (!elf.ok()) return fail("{}: {}", name, elf.error().message);
  return elf;
}

}  // namespace mote
