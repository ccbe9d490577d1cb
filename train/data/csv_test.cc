// SPDX-License-Identifier: Apache-2.0
#include "train/data/csv.h"

#include <gtest/gtest.h>

#include <random>

#include "train/data/data_test_support.h"
#include "train/data/sha1.h"

namespace mote::train {
namespace {

using Texts = std::vector<std::string>;
using Numbers = std::vector<float>;

TEST(Csv, NumbersWithOrWithoutHeadings) {
  Result<NumberTable> plain = parse_number_table(" 1, +2.5\r\n\r\n-3e1 ,4");
  ASSERT_TRUE(plain.ok()) << plain.error().message;
  EXPECT_EQ(plain->headings, (Texts{"1", "2"}));
  EXPECT_EQ(plain->values, (Numbers{1, 2.5, -30, 4}));
  Result<NumberTable> named = parse_number_table("\xef\xbb\xbftime\tacc x\n1\t2\n");
  ASSERT_TRUE(named.ok());
  EXPECT_EQ(named->headings, (Texts{"time", "acc x"}));
  EXPECT_EQ(named->rows(), 1u);
}

TEST(Csv, ErrorsNameTheLine) {
  EXPECT_EQ(parse_number_table("\n \n").error().message, "is empty");
  EXPECT_EQ(parse_number_table("a,b\n1,2\n1,x\n").error().message, "line 3: \"x\" isn't a number");
  EXPECT_EQ(parse_number_table("1,2\n1,inf\n").error().message, "line 2: \"inf\" isn't a number");
  EXPECT_EQ(parse_number_table("1,2\n\n1,2,3\n").error().message,
            "line 3: has 3 cells, the first one has 2");
  EXPECT_EQ(parse_text_table("a,b\n1\n").error().message,
            "line 2: has 1 cells, the headings are 2");
  EXPECT_EQ(parse_text_table("a,b\n\"1,2\n").error().message, "line 2: a quote doesn't end");
  EXPECT_EQ(parse_text_table("").error().message, "is empty; a line of headings is needed");
}

TEST(Csv, TextCellsMayBeQuoted) {
  Result<TextTable> table =
      parse_text_table("file;label\n\"a;b.wav\"; \"say \"\"hi\"\"\"\nc.wav;\n");
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->column("label"), 1u);
  EXPECT_EQ(table->column("no"), 2u);
  EXPECT_EQ(table->rows[0].cells, (Texts{"a;b.wav", "say \"hi\""}));
  EXPECT_EQ(table->rows[1].cells, (Texts{"c.wav", ""}));
}

TEST(Csv, AnyBytesAreATableOrAnError) {
  std::mt19937 random(1);
  const std::string letters = "12,;\t\"\n\r.x-e+ ";
  for (int i = 0; i < 3000; ++i) {
    std::string text;
    for (size_t n = random() % 40; n > 0; --n) text += letters[random() % letters.size()];
    Result<NumberTable> numbers = parse_number_table(text);
    if (numbers.ok()) {
      EXPECT_EQ(numbers->values.size(), numbers->rows() * numbers->columns());
    }
    Result<TextTable> texts = parse_text_table(text);
    for (size_t r = 0; texts.ok() && r < texts->rows.size(); ++r) {
      EXPECT_EQ(texts->rows[r].cells.size(), texts->headings.size());
    }
  }
}

TEST(Csv, NpyArraysAreTablesToo) {
  TempFolder folder = *TempFolder::make();
  auto array = [&](const std::string& shape, size_t bytes) {
    std::string header = "{'descr': '<f4', 'fortran_order': False, 'shape': " + shape + ", }";
    header += std::string(117 - header.size(), ' ') + "\n";
    std::string file =
        std::string("\x93NUMPY\x01\x00", 8) + static_cast<char>(header.size()) + '\0';
    for (float value : {1.0f, 2.0f, 3.0f, 4.0f, 5.0f, 6.0f}) {
      header.append(reinterpret_cast<const char*>(&value), sizeof value);
    }
    put(folder.path() / "a.npy", file + header.substr(0, 118 + bytes));
    return read_number_table(folder.path() / "a.npy");
  };
  Result<NumberTable> table = array("(2, 3)", 24);
  ASSERT_TRUE(table.ok()) << table.error().message;
  EXPECT_EQ(table->headings, (Texts{"1", "2", "3"}));
  EXPECT_EQ(table->rows(), 2u);
  EXPECT_EQ(array("(6,)", 24)->columns(), 1u);
  EXPECT_FALSE(array("(2, 3)", 20).ok());
  EXPECT_EQ(array("(1, 2, 3)", 24).error().message, "has 3 dimensions; [rows, columns] is needed");
}

// FIPS 180-4's examples.
TEST(Sha1, IsThePublishedHash) {
  EXPECT_EQ(sha1("abc"),
            (std::array<uint32_t, 5>{0xa9993e36, 0x4706816a, 0xba3e2571, 0x7850c26c, 0x9cd0d89d}));
  EXPECT_EQ(sha1("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            (std::array<uint32_t, 5>{0x84983e44, 0x1c3bd26e, 0xbaae4aa1, 0xf95129e5, 0xe54670f1}));
  EXPECT_EQ(sha1(std::string(1000000, 'a'))[0], 0x34aa973cu);
}

}  // namespace
}  // namespace mote::train
