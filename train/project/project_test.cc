// SPDX-License-Identifier: Apache-2.0
#include "train/project/project.h"

#include <gtest/gtest.h>

#include "base/host/file.h"

namespace mote::train {
namespace {

constexpr const char* kMinimal = "[data]\npath = \"clips\"\n";

class ProjectFile : public testing::Test {
 protected:
  Result<Project> read(const std::string& text, const std::vector<std::string>& overrides = {}) {
    EXPECT_TRUE(write_text(folder_.path() / "mote.toml", text).ok());
    return read_project(folder_.path(), overrides);
  }
  /// The error of a file, from after its folder's name on.
  std::string error(const std::string& text, const std::vector<std::string>& overrides = {}) {
    Result<Project> project = read(text, overrides);
    if (project.ok()) return "none";
    std::string message = project.error().message, start = (folder_.path() / "").string();
    return message.rfind(start, 0) == 0 ? message.substr(start.size()) : message;
  }
  TempFolder folder_ = *TempFolder::make();
};

TEST_F(ProjectFile, HasDefaultsForAllButTheData) {
  Result<Project> project = read(kMinimal);
  ASSERT_TRUE(project.ok()) << project.error().message;
  EXPECT_EQ(project->data.path, folder_.path() / "clips");
  EXPECT_EQ(project->input.shape(), Shape(1, 16000));
  EXPECT_EQ(project->training.epochs, 30);
  EXPECT_EQ(project->name, folder_.path().filename().string());
}

TEST_F(ProjectFile, IsReadByItsOwnPathToo) {
  ASSERT_TRUE(write_text(folder_.path() / "other.toml", kMinimal).ok());
  EXPECT_TRUE(read_project(folder_.path() / "other.toml").ok());
}

TEST_F(ProjectFile, GivesEachKindOfValue) {
  Result<Project> project = read(R"(
name = "swing"
task = "anomaly"
[input]
kind = "series"
window = 100
columns = ["x", "y"]
[data]
path = "/data"
normal = "still"
extra = ["more", "/else"]
columns = { speed = "_(low|high)_" }
[model]
type = "mlp"
units = [32, 8]
[training]
rate = 1
seed = 4294967295
balance = true
teacher = "big.tflite"
[budget]
board = "nano33ble"
max_ram_bytes = 20000
max_latency_ms = 2.5
[[search]]
key = "training.rate"
low = 1e-4
high = 0.1
log = true
[[search]]
key = "model.type"
choices = ["mlp", "logistic"]
)");
  ASSERT_TRUE(project.ok()) << project.error().message;
  EXPECT_EQ(project->task, Task::kAnomaly);
  EXPECT_EQ(project->input.shape(), Shape(1, 100, 2));
  EXPECT_EQ(project->data.extra[0], folder_.path() / "more");
  EXPECT_EQ(project->data.extra[1], "/else");
  EXPECT_EQ(project->data.columns.at("speed"), "_(low|high)_");
  EXPECT_EQ(project->model.units, (std::vector<int>{32, 8}));
  EXPECT_EQ(project->training.rate, 1);
  EXPECT_EQ(project->training.seed, 4294967295u);
  EXPECT_EQ(project->budget.max_ram_bytes, 20000u);
  ASSERT_EQ(project->search.size(), 2u);
  EXPECT_TRUE(project->search[0].log);
  EXPECT_EQ(project->search[1].choices[1], "logistic");
}

TEST_F(ProjectFile, OverridesWinOverTheFile) {
  Result<Project> project =
      read("name = \"a\"\n[data]\npath = \"clips\"\n[training]\nepochs = 5\n",
           {"training.epochs=3", "training.schedule=step", "data.classes=[\"yes\", \"no\"]",
            "name=my \"own\"", "data.unknown=0", "data.class_pattern=_([01])_\\w"});
  ASSERT_TRUE(project.ok()) << project.error().message;
  EXPECT_EQ(project->training.epochs, 3);
  EXPECT_EQ(project->training.schedule, "step");
  EXPECT_EQ(project->data.classes, (std::vector<std::string>{"yes", "no"}));
  EXPECT_EQ(project->name, "my \"own\"");
  EXPECT_EQ(project->data.unknown, "0");
  EXPECT_EQ(project->data.class_pattern, "_([01])_\\w");
}

TEST_F(ProjectFile, OverridesThatAreWrongAreQuoted) {
  EXPECT_EQ(error(kMinimal, {"training.epoch=3"}),
            "--set training.epoch=3: training.epoch: no such key; is epochs meant?");
  EXPECT_EQ(error(kMinimal, {"training.epochs=many"}),
            "--set training.epochs=many: training.epochs: must be a whole number from 0 to 100000");
  EXPECT_EQ(error(kMinimal, {"epochs"}),
            "--set epochs: must be table.key=value, as training.epochs=3");
}

TEST_F(ProjectFile, ErrorsNameThePlaceAndWhatWouldBeRight) {
  std::string start = kMinimal;
  EXPECT_EQ(error(start + "[training]\nepoch = 3\n"),
            "mote.toml:4:1: training.epoch: no such key; is epochs meant?");
  EXPECT_EQ(error(start + "[training]\nmel_bins = 3\n"),
            "mote.toml:4:1: training.mel_bins: no such key; is features.mel_bins meant?");
  EXPECT_EQ(error(start + "[trainig]\nepochs = 3\n"),
            "mote.toml:3:2: trainig: no such table or key; is training meant?");
  EXPECT_EQ(error(start + "[training]\nepochs = \"3\"\n"),
            "mote.toml:4:10: training.epochs: must be a whole number from 0 to 100000");
  EXPECT_EQ(error(start + "[training]\nrate = 0\n"),
            "mote.toml:4:8: training.rate: must be a number from 1e-08 to 100");
  EXPECT_EQ(error("task = \"clasification\"\n" + start),
            "mote.toml:1:8: task: must be one of \"classification\", \"regression\", \"anomaly\"");
  EXPECT_EQ(error("[input]\nkind = \"series\"\n" + start),
            "mote.toml:1:1: input.window: must be the number of rows of an example");
  EXPECT_EQ(error(""), "mote.toml:1:1: data.path: must be the folder of the data");
  EXPECT_EQ(error(start + "class_pattern = \"_(\"\n")
                .rfind("mote.toml:3:17: data.class_pattern: isn't a regular expression", 0),
            0u);
  EXPECT_EQ(error(start + "class_pattern = \"a\"\n"),
            "mote.toml:3:17: data.class_pattern: needs a group, what stands in ( ), to take its "
            "text");
  EXPECT_EQ(error(start + "[features]\ntype = \"mfcc\"\nupper_hz = 9000\n"),
            "mote.toml:5:12: features.upper_hz: 9000 must be at most half of input.rate_hz, 8000");
  EXPECT_EQ(error(start + "[budget]\nboard = \"nano33\"\n")
                .rfind("mote.toml:4:9: budget.board: nano33: no such board", 0),
            0u);
  EXPECT_EQ(error(start + "classes = [\"a\", \"b\", \"a\"]\n"),
            "mote.toml:3:11: data.classes: names \"a\" twice");
  EXPECT_EQ(error("a = [\n").rfind("mote.toml:", 0), 0u);
}

TEST_F(ProjectFile, AFolderWithoutOneSaysWhatMakesOne) {
  Result<Project> project = read_project(folder_.path());
  ASSERT_FALSE(project.ok());
  EXPECT_EQ(project.error().message,
            folder_.path().string() + ": has no mote.toml; mote new makes one");
}

TEST_F(ProjectFile, EachTemplateIsAProject) {
  for (const char* kind : {"kws", "image", "anomaly", "gesture"}) {
    Result<std::map<std::string, std::string>> files = project_template(kind);
    ASSERT_TRUE(files.ok()) << kind;
    Result<Project> project = read(files->at("mote.toml"));
    EXPECT_TRUE(project.ok()) << kind << ": " << project.error().message;
    EXPECT_NE(files->at("README.md").find("mote train"), std::string::npos);
  }
  EXPECT_EQ(project_template("sound").error().message,
            "sound: no such kind of project; there are: anomaly, gesture, image, kws");
}

TEST(ProjectKeys, AreTheDocuments) {
  Result<std::string> document = read_text("docs/project_file.md");
  ASSERT_TRUE(document.ok());
  EXPECT_EQ(*document, project_keys_markdown()) << "run `make docs`";
}

}  // namespace
}  // namespace mote::train
