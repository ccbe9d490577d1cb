// SPDX-License-Identifier: Apache-2.0
// mote bench as its user meets it, on a virtual board and on a pseudo-terminal, behind which is the
// firmware's own protocol code over a model in the host's engine.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include <atomic>
#include <thread>

#include "bench/dut/device/protocol.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "compiler/tflite/reader.h"
#include "engines/host_engine.h"
#include "ops/book.h"
#include "tests/shared_data.h"
#include "tests/verb_test_support.h"

namespace mote {
namespace {

using Json = nlohmann::json;

Result<HostEngine> engine_of(const std::filesystem::path& model) {
  MOTE_TRY(const Bytes bytes, read_file(model));
  MOTE_TRY(Graph graph, read_tflite(bytes, model.string(), operator_book()));
  MOTE_TRY(const Plan plan, compile(graph, Target()));
  const Bytes image = write_image(plan);
  return HostEngine::make(image);
}

/// A device on a pseudo-terminal. Each look at its clock, it is 11 s later.
class PtyDevice {
 public:
  PtyDevice(HostEngine engine, const dut::Role& role) : engine_(std::move(engine)) {
    const TensorView& input = engine_.session().input(0);
    buffer_.emplace(dut::buffer_bytes(input, role.input));
    dut::Port port;
    port.context = this;
    port.write = [](void* self, const char* text, uint32_t bytes) {
      const int fd = static_cast<PtyDevice*>(self)->fd_;
      for (uint32_t sent = 0; sent < bytes;) {
        const ssize_t some = write(fd, text + sent, bytes - sent);
        if (some <= 0) return;
        sent += static_cast<uint32_t>(some);
      }
    };
    port.microseconds = [](void* self) {
      return static_cast<PtyDevice*>(self)->clock_ += 11'000'000;
    };
    port.skippable = [](void*, uint32_t done, uint32_t count) { return count - done; };
    protocol_.emplace(role, port, &engine_.session(), buffer_->span());
    fd_ = posix_openpt(O_RDWR | O_NOCTTY);
    grantpt(fd_);
    unlockpt(fd_);
    slave_ = ::open(ptsname(fd_), O_RDWR | O_NOCTTY);  // keeps the line open between runners
    termios raw{};
    tcgetattr(slave_, &raw);
    cfmakeraw(&raw);
    tcsetattr(slave_, TCSANOW, &raw);
    thread_ = std::thread([this] { serve(); });
  }
  ~PtyDevice() {
    done_ = true;
    thread_.join();
    close(slave_);
    close(fd_);
  }
  std::string port() const { return ptsname(fd_); }

 private:
  void serve() {
    protocol_->boot();
    char buffer[256];
    while (!done_) {
      pollfd entry{.fd = fd_, .events = POLLIN, .revents = 0};
      if (poll(&entry, 1, 50) <= 0) continue;
      const ssize_t got = read(fd_, buffer, sizeof(buffer));
      for (ssize_t i = 0; i < got; ++i) protocol_->take(buffer[i]);
    }
  }

  HostEngine engine_;
  std::optional<AlignedBytes> buffer_;
  std::optional<dut::Protocol> protocol_;
  uint32_t clock_ = 0;
  int fd_ = -1, slave_ = -1;
  std::atomic<bool> done_ = false;
  std::thread thread_;
};

constexpr dut::Role kKeywords{.vendor = "mote", .model = "kws01"};
constexpr dut::Role kPictures{
    .vendor = "mote", .model = "ic01", .input = dut::InputForm::kUnsigned};
constexpr dut::Role kAnomalies{.vendor = "mote",
                               .model = "ad01",
                               .input = dut::InputForm::kFloat,
                               .result = dut::ResultForm::kReconstructionError};

Json accuracy_over_a_port(const dut::Role& role) {
  Result<HostEngine> engine =
      engine_of(shared_data() / "models" / (std::string(role.model) + "_int8.tflite"));
  EXPECT_TRUE(engine.ok());
  PtyDevice device(std::move(*engine), role);
  const Json json = run_mote_json({"bench", "mlperf", "--board", "nucleo-l4r5zi", "--port",
                                   device.port(), "--data", shared_data().string()});
  return json["boards"][0]["tasks"][0];
}

TEST(BenchVerb, KeywordsHaveTheGoldenAccuracyOverASerialLine) {
  MOTE_NEEDS_SHARED_DATA("kws01");
  const Json task = accuracy_over_a_port(kKeywords);
  EXPECT_EQ(task["task"], "kws01");
  EXPECT_EQ(task["accuracy"]["files"], 500);
  EXPECT_EQ(task["accuracy"]["correct"], 452);
  EXPECT_EQ(task["accuracy"]["floor_met"], true);
  EXPECT_EQ(task["performance"]["windows"].size(), 5u);
  EXPECT_EQ(task["energy"]["estimate"], true);
}

TEST(BenchVerb, PicturesHaveTheGoldenAccuracyOverASerialLine) {
  MOTE_NEEDS_SHARED_DATA("ic01");
  const Json task = accuracy_over_a_port(kPictures);
  EXPECT_EQ(task["accuracy"]["files"], 100);
  EXPECT_EQ(task["accuracy"]["correct"], 78);
  EXPECT_EQ(task["accuracy"]["floor_met"], false);
}

TEST(BenchVerb, MeasuresTimeOnRandomBytesWithoutData) {
  MOTE_NEEDS_SHARED_DATA("models/ad01_int8.tflite");
  const Json task = accuracy_over_a_port(kAnomalies);
  EXPECT_EQ(task["input"], "random");
  EXPECT_EQ(task["accuracy"], nullptr);
  EXPECT_TRUE(task["latency_ms"].is_number());
}

TEST(BenchVerb, WritesASubmissionThatItsCheckReads) {
  MOTE_NEEDS_SHARED_DATA("ic01");
  Result<TempFolder> folder = TempFolder::make();
  Result<HostEngine> engine = engine_of(shared_data() / "models/ic01_int8.tflite");
  ASSERT_TRUE(folder.ok() && engine.ok());
  PtyDevice device(std::move(*engine), kPictures);
  const std::string out = (folder->path() / "s").string(), page = (folder->path() / "p").string();
  const ProcessOutcome outcome =
      run_mote({"bench", "mlperf", "--board", "nucleo-l4r5zi", "--port", device.port(), "--data",
                shared_data().string(), "--limit", "10", "--out", out, "--html", page});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  EXPECT_NE(outcome.output.find("X-CUBE-AI 9 (v1.2)"), std::string::npos) << outcome.output;
  EXPECT_TRUE(std::filesystem::exists(page));
  const ProcessOutcome check = run_mote({"bench", "check", out, "--json"});
  EXPECT_EQ(check.exit_code, kFailure);
  const Json json = Json::parse(check.output);
  EXPECT_EQ(json["results"][0], "closed/mote/results/nucleo-l4r5zi/ic");
  bool few_files = false;
  for (const Json& finding : json["findings"]) few_files |= finding["rule"] == "data set";
  EXPECT_TRUE(few_files) << json;
}

/// What the virtual NUCLEO-L4R5ZI reaches.
Json on_a_virtual_board(const std::string& task, const std::vector<std::string>& more = {}) {
  std::vector<std::string> arguments = {"bench",    "mlperf",
                                        "--board",  "nucleo-l4r5zi",
                                        "--task",   task,
                                        "--models", (shared_data() / "models").string(),
                                        "--data",   shared_data().string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  return run_mote_json(arguments)["boards"][0];
}

#ifdef __SANITIZE_ADDRESS__
#define MOTE_NEEDS_TIME() GTEST_SKIP() << "left to the build without sanitizers"
#else
#define MOTE_NEEDS_TIME() static_cast<void>(0)
#endif

TEST(BenchVerb, KeywordsHaveTheGoldenAccuracyOnAVirtualBoard) {
  MOTE_NEEDS_SHARED_DATA("kws01");
  MOTE_NEEDS_CORTEX_M();
  MOTE_NEEDS_TIME();
  const Json board = on_a_virtual_board("kws01");
  EXPECT_EQ(board["virtual"], true);
  const Json task = board["tasks"][0];
  EXPECT_EQ(task["accuracy"]["files"], 500);
  EXPECT_EQ(task["accuracy"]["correct"], 452);
  for (const Json& window : task["performance"]["windows"]) EXPECT_GE(window["elapsed_s"], 10);
  EXPECT_GT(task["inferences_skipped"], 0);
  EXPECT_GT(task["flash_bytes"], task["ram_bytes"]);
  // Energy is the board's 40 mW times the time.
  EXPECT_NEAR(task["energy_uj"], 40 * task["latency_ms"].get<double>(), 1);
}

TEST(BenchVerb, PicturesHaveTheGoldenAccuracyOnAVirtualBoard) {
  MOTE_NEEDS_SHARED_DATA("ic01");
  MOTE_NEEDS_CORTEX_M();
  MOTE_NEEDS_TIME();
  const Json task = on_a_virtual_board("ic01", {"--mode", "accuracy"})["tasks"][0];
  EXPECT_EQ(task["accuracy"]["files"], 100);
  EXPECT_EQ(task["accuracy"]["correct"], 78);
  EXPECT_EQ(task["performance"], nullptr);
}

TEST(BenchVerb, SkippedInferencesTakeTheTimeOfThoseThatRun) {
  MOTE_NEEDS_SHARED_DATA("models/ad01_int8.tflite");
  MOTE_NEEDS_CORTEX_M();
  MOTE_NEEDS_TIME();
  const Json quick = on_a_virtual_board("ad01", {"--mode", "performance"})["tasks"][0];
  const Json full = on_a_virtual_board("ad01", {"--mode", "performance", "--full"})["tasks"][0];
  EXPECT_EQ(full["inferences_skipped"], 0);
  EXPECT_GT(quick["inferences_skipped"], quick["inferences_run"]);
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_NEAR(quick["performance"]["windows"][i]["elapsed_s"],
                full["performance"]["windows"][i]["elapsed_s"], 1e-5);
  }
}

TEST(BenchVerb, SaysWhatIsMissing) {
  MOTE_NEEDS_SHARED_DATA("models");
  const std::string models = (shared_data() / "models").string();
  const auto refusal = [](std::vector<std::string> more) {
    more.insert(more.begin(), {"bench", "mlperf", "--board"});
    const ProcessOutcome outcome = run_mote(more);
    EXPECT_EQ(outcome.exit_code, kFailure);
    return outcome.output;
  };
  EXPECT_EQ(refusal({"pico"}),
            "mote: error: models: no such folder of models; name one with --models\n");
  EXPECT_EQ(refusal({"cortex-m4", "--models", models}),
            "mote: error: cortex-m4: a bare core has no clock; name a board (mote boards)\n");
  EXPECT_EQ(refusal({"pico", "--models", models, "--task", "ic02"}),
            "mote: error: " + models + ": has no ic02.tflite or ic02_int8.tflite\n");
  EXPECT_EQ(refusal({"pico", "--models", models, "--task", "kws01", "--submitter", "a b"}),
            "mote: error: --submitter \"a b\": must be a folder's name without blanks\n");
  EXPECT_EQ(refusal({"pico", "--models", models, "--task", "kws01", "--data", "/nowhere"}),
            "mote: error: /nowhere: no such folder of data\n");
  const std::string one = models + "/kws01_int8.tflite";
  EXPECT_EQ(refusal({"pico", "--models", one}),
            "mote: error: " + one + ": is one model; name its --task\n");
}

TEST(BenchVerb, SaysWhatIsWrongWithAPort) {
  ProcessOutcome outcome =
      run_mote({"bench", "mlperf", "--board", "nucleo-l4r5zi", "--port", "/dev/ttyNONE"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_EQ(outcome.output,
            "mote: error: /dev/ttyNONE: can't be opened: No such file or directory\n");
}

TEST(BenchVerb, ComparesReports) {
  Result<TempFolder> folder = TempFolder::make();
  ASSERT_TRUE(folder.ok());
  const auto report = [&](const char* name, double ms) {
    const std::filesystem::path path = folder->path() / name;
    const Json json = {{"schema", "mote.profile/1"},
                       {"model", "m"},
                       {"latency_ms", ms},
                       {"board", {{"name", "b"}}}};
    EXPECT_TRUE(write_text(path, json.dump()).ok());
    return path.string();
  };
  const std::string before = report("before.json", 100), after = report("after.json", 103);
  ProcessOutcome outcome = run_mote({"bench", "diff", before, after});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("+3.00 %"), std::string::npos) << outcome.output;
  EXPECT_NE(outcome.output.find("1 regression\n"), std::string::npos) << outcome.output;
  outcome = run_mote({"bench", "diff", before, after, "--max-latency", "3.5"});
  EXPECT_EQ(outcome.exit_code, kSuccess) << outcome.output;
  outcome = run_mote({"bench", "diff", before, folder->path() / "none.json"});
  EXPECT_EQ(outcome.exit_code, kFailure);
  EXPECT_NE(outcome.output.find("none.json"), std::string::npos);
}

}  // namespace
}  // namespace mote
