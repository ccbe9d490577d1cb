// SPDX-License-Identifier: Apache-2.0
// What is QEMU's and the Cortex-M's own; what every machine does is in run_test.cc.
#include "boards/qemu.h"

#include "boards/run_test_support.h"

namespace mote {
namespace {

class QemuTest : public FirmwareTest {
 protected:
  QemuTest() : FirmwareTest(cortex_m4()) {}
};

TEST_F(QemuTest, AFaultTellsFunctionLineAndCause) {
  std::string message = error_of(
      "volatile int zero;\n"
      "__attribute__((noinline)) int divide(int a, int b) {\n"
      "  zero = a / b;\n"
      "  return zero;\n"
      "}\n"
      "int mote_main(int, char**) { return divide(1, zero); }\n");
  EXPECT_TRUE(has(message, "test.elf: the firmware faulted in divide(int, int)")) << message;
  EXPECT_TRUE(has(message, ": division by zero (pc 0x")) << message;
  bool line = has(message, " at test/main.cc:5:");
  EXPECT_TRUE(line || !have(cortex_m4().addr2line)) << message;
}

TEST_F(QemuTest, AFaultWithoutAHandlerIsALockupNotAHang) {
  std::string message = error_of(
      "int mote_main(int, char**) {\n"
      "  *reinterpret_cast<volatile uint32_t*>(0xe000ed08) = 0x70000000;  // the vector table\n"
      "  return *reinterpret_cast<volatile int*>(0x70000000);\n"
      "}\n");
  EXPECT_EQ(message, "test.elf: the core locked up: a fault inside the fault handler");
}

TEST_F(QemuTest, AMissingEmulatorIsNamedWithItsPackage) {
  ASSERT_TRUE(run(kReturnZero).ok());
  ScopedVariable path("PATH", folder_.path().string());
  auto report = run_firmware(cortex_m4(), elf(), options_);
  ASSERT_FALSE(report.ok());
  EXPECT_TRUE(has(report.error().message, "qemu-system-arm: not found on PATH"))
      << report.error().message;
}

TEST_F(QemuTest, AMissingPluginIsNamed) {
  ScopedVariable plugin("MOTE_QEMU_PLUGIN", "/nowhere/plugin.so");
  EXPECT_TRUE(has(error_of(kReturnZero), "/nowhere/plugin.so: mote's QEMU plugin isn't there"));
}

TEST_F(QemuTest, APluginOfAnotherInterfaceVersionIsExplained) {
  MOTE_NEEDS("cc");
  auto source = folder_.path() / "other.c", plugin = folder_.path() / "other.so";
  ASSERT_TRUE(write_text(source,
                         "int qemu_plugin_version = 99;\n"
                         "int qemu_plugin_install(void) { return 0; }\n")
                  .ok());
  auto built = run_process({"cc", "-shared", "-fPIC", "-o", plugin.string(), source.string()}, 60);
  ASSERT_TRUE(built.ok() && built->exit_code == 0);
  ScopedVariable variable("MOTE_QEMU_PLUGIN", plugin.string());
  std::string message = error_of(kReturnZero);
  EXPECT_TRUE(has(message, "has plugin interface version 99, this QEMU wants ")) << message;
}

}  // namespace
}  // namespace mote
