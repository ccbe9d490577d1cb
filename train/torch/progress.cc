// SPDX-License-Identifier: Apache-2.0
#include "train/torch/progress.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>

namespace mote::train {
namespace {

bool terminal() {
  static const bool is = isatty(STDERR_FILENO) != 0;
  return is;
}

}  // namespace

std::function<void(size_t, size_t)> counter(const std::string& what) {
  return [what](size_t done, size_t all) {
    const size_t each = std::max<size_t>(all / 100, 1);
    if (!terminal() || (done % each != 0 && done != all)) return;
    fmt::print(stderr, "\r\x1b[K{} {} of {} examples{}", what, done, all, done == all ? "\n" : "");
  };
}

std::string bar(size_t done, size_t all, size_t width) {
  const size_t full = all > 0 ? done * width / all : width;
  std::string text = "[";
  for (size_t i = 0; i < width; ++i) text += i < full ? "█" : "·";
  return text + "]";
}

std::string epoch_text(const EpochLog& log, int epochs) {
  std::string text = fmt::format("epoch {} of {}  loss {:.4g}", log.epoch + 1, epochs, log.loss);
  if (log.accuracy) text += fmt::format("  {:.1f} %", 100 * *log.accuracy);
  if (log.validation_loss) text += fmt::format("  validation {:.4g}", *log.validation_loss);
  if (log.validation_accuracy) text += fmt::format("  {:.1f} %", 100 * *log.validation_accuracy);
  return text + fmt::format("  {:.1f} s", log.seconds);
}

void show_progress(TrainerOptions* options) {
  const int epochs = options->training.epochs;
  options->on_epoch = [epochs](const EpochLog& log) {
    fmt::print(stderr, "{}{}\n", terminal() ? "\r\x1b[K" : "", epoch_text(log, epochs));
  };
  if (!terminal()) return;
  options->on_step = [epochs, last = std::chrono::steady_clock::time_point()](
                         int epoch, size_t step, size_t steps, double loss) mutable {
    const auto now = std::chrono::steady_clock::now();
    if (now - last < std::chrono::milliseconds(200)) return;
    last = now;
    fmt::print(stderr, "\r\x1b[Kepoch {} of {} {} {}/{}  loss {:.4g}", epoch + 1, epochs,
               bar(step, steps, 30), step, steps, loss);
  };
}

}  // namespace mote::train
