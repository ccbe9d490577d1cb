// SPDX-License-Identifier: Apache-2.0
// Kernel ids: an image binds only to a kernel that reads its params the way they were written.
#include "ir/kernel_info.h"

#include <gtest/gtest.h>

#include <map>
#include <string>

#include "ops/book.h"

namespace mote {

// Outside of the unnamed namespace, as MOTE_KERNEL names it.
struct TestParams {
  int32_t count;
  float scale;
};
void test_kernel(const TestParams& params, const float* input, const void* table, int16_t* output) {
  output[0] = static_cast<int16_t>(input[0] * params.scale) + (table ? 1 : 0);
}
bool check_test_kernel(const TestParams& params, const Operand* operands) {
  return operands[0].holds<float>(params.count);
}

namespace {

using Fields = std::vector<ParamField>;

const KernelInfo kTest = MOTE_KERNEL(test_kernel, TestParams, "folder", "file.cc",
                                     MOTE_FIELDS(TestParams, count, scale));

TEST(KernelId, ChangesWithTheNameOfAField) {
  EXPECT_NE(kernel_id("k", Fields{{"a", false}}), kernel_id("k", Fields{{"b", false}}));
}

TEST(KernelId, ChangesWithTheTypeOfAField) {
  EXPECT_NE(kernel_id("k", Fields{{"a", false}}), kernel_id("k", Fields{{"a", true}}));
}

TEST(KernelId, ChangesWithTheOrderAndNumberOfFields) {
  Fields ab = {{"a", false}, {"b", false}}, ba = {{"b", false}, {"a", false}};
  EXPECT_NE(kernel_id("k", ab), kernel_id("k", ba));
  EXPECT_NE(kernel_id("k", ab), kernel_id("k", Fields{{"a", false}}));
  EXPECT_NE(kernel_id("k", ab), kernel_id("k", Fields{{"ab", false}}));
}

TEST(KernelId, ChangesWithTheKernelsName) {
  EXPECT_NE(kernel_id("k", {}), kernel_id("l", {}));
}

TEST(KernelId, IsPartOfTheImageFormat) {
  EXPECT_EQ(kernel_id("", {}), 2166136261u) << "FNV-1a's offset basis";
  EXPECT_EQ(kernel_id("a", {}), 0xe40c292cu) << "FNV-1a of \"a\"";
}

TEST(KernelId, IsUniqueInTheBook) {
  std::map<uint32_t, std::string_view> seen;
  for (const KernelInfo* kernel : kernel_book()) {
    auto [other, fresh] = seen.emplace(kernel->id(), kernel->name);
    EXPECT_TRUE(fresh) << kernel->name << " and " << other->second;
  }
}

TEST(KernelInfo, DescribesTheSignature) {
  EXPECT_EQ(kTest.name, "test_kernel");
  EXPECT_EQ(kTest.check_name, "check_test_kernel");
  EXPECT_EQ(kTest.params_name, "TestParams");
  EXPECT_EQ(kTest.header, "ops/folder/folder.h");
  EXPECT_EQ(kTest.source, "ops/folder/file.cc");
  ASSERT_EQ(kTest.fields.size(), 2u);
  EXPECT_EQ(std::string(kTest.fields[0].name), "count");
  EXPECT_FALSE(kTest.fields[0].is_float);
  EXPECT_TRUE(kTest.fields[1].is_float);
  EXPECT_EQ(kTest.kernel.params_bytes, 8);
  EXPECT_EQ(kTest.kernel.operand_count, 3);
  EXPECT_EQ(kTest.kernel.written, 1u << 2);
  EXPECT_EQ(kTest.kernel.alignments, 2u | 0u << 2 | 1u << 4) << "float, bytes, int16_t";
}

TEST(KernelInfo, CallsThroughBytes) {
  TestParams params = {1, 2.5f};
  float input = 4;
  int16_t output = 0;
  void* operands[] = {&input, nullptr, &output};
  kTest.kernel.invoke(&params, operands);
  EXPECT_EQ(output, 10);
  Operand four_bytes[3];
  four_bytes[0].bytes = 4;
  EXPECT_TRUE(kTest.kernel.check(&params, four_bytes));
  params.count = 2;
  EXPECT_FALSE(kTest.kernel.check(&params, four_bytes));
}

TEST(Operand, HoldsNothingOfImpossibleSize) {
  Operand operand;
  operand.bytes = UINT32_MAX;
  EXPECT_TRUE(operand.holds<int8_t>(INT32_MAX));
  EXPECT_FALSE(operand.holds<int8_t>(0));
  EXPECT_FALSE(operand.holds<int8_t>(-1));
  EXPECT_FALSE(operand.holds<int8_t>(int64_t{1} << 32));
  EXPECT_FALSE(operand.holds<int8_t>(65536, 65536)) << "over 2 GB";
  EXPECT_FALSE(operand.holds<int8_t>(65536, 65536, 65536, 65536)) << "2^64 doesn't wrap to 0";
}

}  // namespace
}  // namespace mote
