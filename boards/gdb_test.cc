// SPDX-License-Identifier: Apache-2.0
#include "boards/gdb.h"

#include "boards/board_test_support.h"

namespace mote {
namespace {

TEST(ShellText, QuotesWhatAShellWouldTakeApart) {
  EXPECT_EQ(shell_text({"gdb", "-ex", "target remote :1", "it's"}),
            "gdb -ex 'target remote :1' 'it'\\''s'");
}

TEST(Gdb, OfTheSimulatorIsRefusedWithWhatThereIsInstead) {
  auto session = gdb_session(**find_machine("rv32imc"), "no.elf", 1234, {});
  ASSERT_FALSE(session.ok());
  EXPECT_NE(session.error().message.find("mote board run"), std::string::npos);
}

TEST(Gdb, NeedsAFirmware) {
  auto session = gdb_session(cortex_m4(), "no.elf", 1234, {});
  ASSERT_FALSE(session.ok());
  EXPECT_NE(session.error().message.find("no.elf"), std::string::npos);
}

}  // namespace
}  // namespace mote
