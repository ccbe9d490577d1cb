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

class UnitTest : public FirmwareTest, public testing::WithParamInterface<const char*> {
 protected:
  UnitTest() : FirmwareTest(**find_machine(GetParam())) {}

  /// The error of firmware with this Thumb instruction.
  std::string error_of_instruction(const std::string& halfwords) {
    return error_of(fmt::format(
        "int mote_main(int, char**) {{ asm volatile(\".short {}\"); return 0; }}\n", halfwords));
  }
};

TEST_P(UnitTest, AnFpuInstructionOnACoreWithoutFpuIsExplained) {
  std::string message = error_of_instruction("0xee30, 0x0a20");  // vadd.f32 s0, s0, s1
  EXPECT_TRUE(has(message, "an FPU instruction on a core without that unit; build all of it with "))
      << message;
  EXPECT_TRUE(has(message, fmt::format("-mcpu={}", machine_.name))) << message;
}

TEST_P(UnitTest, ACoprocessorInstructionIsExplained) {
  std::string message = error_of_instruction("0xee00, 0x0110");  // mcr p1, 0, r0, c0, c0, 0
  EXPECT_TRUE(has(message, "a coprocessor 1 instruction on a core without that unit")) << message;
}

INSTANTIATE_TEST_SUITE_P(Machines, UnitTest, testing::Values("cortex-m0", "cortex-m3"),
                         [](const auto& test) {
                           return std::string(test.index == 0 ? "cortex_m0" : "cortex_m3");
                         });

TEST_F(QemuTest, ADoubleInstructionOnASinglePrecisionFpuIsExplained) {
  std::string message = error_of(
      "int mote_main(int, char**) {\n"
      "  asm volatile(\".short 0xee30, 0x0b01\");  // vadd.f64 d0, d0, d1\n"
      "  return 0;\n"
      "}\n");
  EXPECT_TRUE(has(message, "an instruction that the core's FPU lacks")) << message;
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
