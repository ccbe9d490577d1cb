// SPDX-License-Identifier: Apache-2.0
#include "boards/elf.h"

#include <elf.h>
#include <gtest/gtest.h>

#include <cstddef>
#include <cstring>
#include <random>

namespace mote {
namespace {

struct Section {
  std::string name;
  uint32_t type = SHT_PROGBITS;
  uint32_t flags = 0;
  std::string content;
  uint32_t link = 0;
};

template <typename T>
std::string raw(const T& value) {
  return std::string(reinterpret_cast<const char*>(&value), sizeof value);
}

/// Writes an ELF file: header, contents, section headers. A section named .shstrtab is added.
Bytes make_elf(std::vector<Section> sections) {
  std::string names(1, 0), body, headers = raw(Elf32_Shdr{});
  sections.push_back({".shstrtab", SHT_STRTAB, 0, "", 0});
  for (Section& section : sections) {
    Elf32_Shdr header = {};
    header.sh_name = static_cast<uint32_t>(names.size());
    names += section.name + '\0';
    if (section.name == ".shstrtab") section.content = names;
    header.sh_type = section.type;
    header.sh_flags = section.flags;
    header.sh_offset = static_cast<uint32_t>(sizeof(Elf32_Ehdr) + body.size());
    header.sh_size = static_cast<uint32_t>(section.content.size());
    header.sh_link = section.link;
    if (section.type != SHT_NOBITS) body += section.content;
    headers += raw(header);
  }
  Elf32_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS32;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_shoff = static_cast<uint32_t>(sizeof header + body.size());
  header.e_shentsize = sizeof(Elf32_Shdr);
  header.e_shnum = static_cast<uint16_t>(sections.size() + 1);
  header.e_shstrndx = static_cast<uint16_t>(sections.size());
  std::string file = raw(header) + body + headers;
  return Bytes(file.begin(), file.end());
}

std::string symbol(uint32_t name, uint32_t address, uint32_t bytes, unsigned char type = STT_FUNC) {
  Elf32_Sym symbol = {};
  symbol.st_name = name;
  symbol.st_value = address;
  symbol.st_size = bytes;
  symbol.st_info = ELF32_ST_INFO(STB_GLOBAL, type);
  symbol.st_shndx = 1;
  return raw(symbol);
}

/// Two functions and a variable, with one section of each kind.
Bytes small_elf(const std::string& first_name = "_ZN4mote3addEii") {
  std::string names = '\0' + first_name + '\0';
  uint32_t second = static_cast<uint32_t>(names.size());
  names += std::string("main") + '\0';
  return make_elf(
      {{".text", SHT_PROGBITS, SHF_ALLOC | SHF_EXECINSTR, std::string(100, 'x'), 0},
       {".rodata", SHT_PROGBITS, SHF_ALLOC, std::string(20, 'x'), 0},
       {".data", SHT_PROGBITS, SHF_ALLOC | SHF_WRITE, std::string(8, 'x'), 0},
       {".bss", SHT_NOBITS, SHF_ALLOC | SHF_WRITE, std::string(300, 'x'), 0},
       {".symtab", SHT_SYMTAB, 0,
        symbol(second, 0x41, 10) + symbol(1, 0x11, 0x20) + symbol(second, 0x90, 4, STT_OBJECT), 6},
       {".strtab", SHT_STRTAB, 0, names, 0}});
}

struct Load {
  uint32_t type = PT_LOAD;
  uint32_t offset = 64;
  uint32_t address = 0x20000000;
  uint32_t bytes = 16;
};

/// small_elf() with one program header behind it, said to be `count`.
Bytes loadable_elf(const Load& load = {}, uint16_t count = 1) {
  Elf32_Phdr segment = {};
  segment.p_type = load.type;
  segment.p_offset = load.offset;
  segment.p_vaddr = 0x80000000;
  segment.p_paddr = load.address;
  segment.p_filesz = load.bytes;
  segment.p_memsz = 99;
  Bytes file = small_elf();
  Elf32_Ehdr header;
  std::memcpy(&header, file.data(), sizeof header);
  header.e_entry = 0x20000004;
  header.e_phoff = static_cast<uint32_t>(file.size());
  header.e_phentsize = sizeof segment;
  header.e_phnum = count;
  std::memcpy(file.data(), &header, sizeof header);
  std::string row = raw(segment);
  file.insert(file.end(), row.begin(), row.end());
  return file;
}

TEST(Elf, SegmentsAreLoadedWhereTheyAreStored) {
  auto elf = read_elf(loadable_elf(), "loadable");
  ASSERT_TRUE(elf.ok()) << elf.error().message;
  EXPECT_EQ(elf->entry, 0x20000004u);
  ASSERT_EQ(elf->segments.size(), 1u);
  EXPECT_EQ(elf->segments[0].address, 0x20000000u) << "the physical address";
  EXPECT_EQ(elf->segments[0].bytes, 16u);
  EXPECT_EQ(elf->segments[0].offset, 64u);
}

TEST(Elf, SegmentsWithoutContentAreLeftOut) {
  EXPECT_TRUE(read_elf(loadable_elf({.bytes = 0}), "bss")->segments.empty());
  EXPECT_TRUE(read_elf(loadable_elf({.type = PT_NOTE}), "note")->segments.empty());
}

TEST(Elf, SegmentsOutsideTheFileAreRefused) {
  auto refusal = [](const Bytes& file) {
    auto elf = read_elf(file, "bad.elf");
    return elf.ok() ? "" : elf.error().message;
  };
  EXPECT_EQ(refusal(loadable_elf({.address = 16, .bytes = 0xffffffff})),
            "bad.elf: what it loads at 0x00000010 lies outside the file");
  EXPECT_EQ(refusal(loadable_elf({.offset = 0xffffffff, .bytes = 2})),
            "bad.elf: what it loads at 0x20000000 lies outside the file");
  EXPECT_EQ(refusal(loadable_elf({}, 2)), "bad.elf: its program headers lie outside the file");
  EXPECT_EQ(refusal(loadable_elf({}, 65)), "bad.elf: it has 65 program headers, more than 64");
  Bytes odd = loadable_elf();
  odd[offsetof(Elf32_Ehdr, e_phentsize)] = 56;
  EXPECT_EQ(refusal(odd), "bad.elf: its program headers aren't 32 bytes long");
}

TEST(Elf, SizesAndFunctionsAreRead) {
  auto elf = read_elf(small_elf(), "small");
  ASSERT_TRUE(elf.ok()) << elf.error().message;
  EXPECT_EQ(elf->sizes.text, 100u);
  EXPECT_EQ(elf->sizes.rodata, 20u);
  EXPECT_EQ(elf->sizes.data, 8u);
  EXPECT_EQ(elf->sizes.bss, 300u);
  ASSERT_EQ(elf->functions.size(), 2u);
  EXPECT_EQ(elf->functions[0].name, "mote::add(int, int)");
  EXPECT_EQ(elf->functions[0].address, 0x10u);
  EXPECT_EQ(elf->functions[1].name, "main");
}

TEST(Elf, FunctionAtKnowsWhereFunctionsEnd) {
  auto elf = read_elf(small_elf(), "small");
  ASSERT_TRUE(elf.ok());
  EXPECT_EQ(elf->function_at(0x0f), nullptr);
  EXPECT_EQ(elf->function_at(0x10), &elf->functions[0]);
  EXPECT_EQ(elf->function_at(0x2f), &elf->functions[0]);
  EXPECT_EQ(elf->function_at(0x30), nullptr);
  EXPECT_EQ(elf->function_at(0x49), &elf->functions[1]);
  EXPECT_EQ(elf->function_at(0xffffffff), nullptr);
}

TEST(Elf, OtherFilesAreRefusedByName) {
  auto text = read_elf({'h', 'e', 'l', 'l', 'o'}, "hello.txt");
  ASSERT_FALSE(text.ok());
  EXPECT_EQ(text.error().message, "hello.txt: isn't an ELF file");
  Bytes wide = small_elf();
  wide[EI_CLASS] = ELFCLASS64;
  auto refused = read_elf(wide, "wide.elf");
  ASSERT_FALSE(refused.ok());
  EXPECT_NE(refused.error().message.find("32-bit little-endian"), std::string::npos);
}

TEST(Elf, EveryTruncationIsRefused) {
  Bytes whole = small_elf();
  for (size_t n = 0; n < whole.size(); ++n) {
    EXPECT_FALSE(read_elf(Bytes(whole.begin(), whole.begin() + static_cast<long>(n)), "cut").ok())
        << n;
  }
}

TEST(Elf, DamagedFilesNeverCrash) {
  const Bytes whole = loadable_elf();
  std::mt19937 random(1);
  for (int round = 0; round < 20000; ++round) {
    Bytes damaged = whole;
    for (int i = 0; i < 4; ++i) damaged[random() % damaged.size()] = static_cast<uint8_t>(random());
    auto elf = read_elf(damaged, "damaged");
    if (!elf.ok()) continue;
    for (const ElfSegment& segment : elf->segments) {
      ASSERT_LE(uint64_t{segment.offset} + segment.bytes, damaged.size());
    }
  }
}

TEST(Elf, NamesThatUnfoldWithoutEndStayMangled) {
  std::string name = "_Z1f1AIiiE";
  for (int i = 0; i < 40; ++i) name += fmt::format("1BIS{0}_S{0}_E", i == 0 ? "" : "0");
  auto elf = read_elf(small_elf(name), "hostile");
  ASSERT_TRUE(elf.ok());
  EXPECT_EQ(elf->functions[0].name, name);
}

TEST(Elf, EndlessNamesAreCut) {
  auto elf = read_elf(small_elf(std::string(100000, 'a')), "hostile");
  ASSERT_TRUE(elf.ok());
  EXPECT_LE(elf->functions[0].name.size(), 1024u);
}

}  // namespace
}  // namespace mote
