// SPDX-License-Identifier: Apache-2.0
#include "boards/fault.h"

#include <gtest/gtest.h>

namespace mote {
namespace {

TEST(Fault, TheLineIsFoundBehindOtherText) {
  auto fault = find_fault(
      "hello mote-fault: pc=0x00000184 lr=0x00000171 cfsr=0x00008200 address=0x30000000 "
      "exception=3\n");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->pc, 0x184u);
  EXPECT_EQ(fault->lr, 0x171u);
  EXPECT_EQ(fault_cause(*fault), "access to an invalid address 0x30000000");
}

TEST(Fault, OtherOutputIsNoFault) {
  EXPECT_FALSE(find_fault("all is well\n").has_value());
  EXPECT_FALSE(find_fault("mote-fault: pc=what?").has_value());
}

TEST(Fault, CausesAreInWords) {
  EXPECT_EQ(fault_cause({.cfsr = 1u << 25}), "division by zero");
  EXPECT_EQ(fault_cause({.cfsr = 1u << 16}), "undefined instruction");
  EXPECT_EQ(fault_cause({.cfsr = 1u << 12}), "no room to stack registers: stack overflow?");
  EXPECT_EQ(fault_cause({}), "an unexpected exception");
}

TEST(Fault, RiscVTrapsHaveTheirOwnCauses) {
  auto fault =
      find_fault("mote-fault: pc=0x20000184 lr=0x20000171 mcause=0x00000005 address=0x30000000\n");
  ASSERT_TRUE(fault.has_value());
  EXPECT_EQ(fault->pc, 0x20000184u);
  EXPECT_EQ(fault->mcause, 5u);
  EXPECT_EQ(fault_cause(*fault), "read from an invalid address 0x30000000");
  EXPECT_EQ(fault_cause({.mcause = 2, .address = 0xffff}), "illegal instruction 0x0000ffff");
  EXPECT_EQ(fault_cause({.mcause = 24}), "an unexpected exception");
}

}  // namespace
}  // namespace mote
