// SPDX-License-Identifier: Apache-2.0
// Which integers are deployed where training learned to be rounded: those that it made, or those of
// the float network quantised afterwards, which are sometimes better. Validation examples decide,
// never those that test.
#ifndef MOTE_TRAIN_RUN_FORM_CHOICE_H_
#define MOTE_TRAIN_RUN_FORM_CHOICE_H_

#include <nlohmann/json.hpp>

#include "train/evaluate/metrics.h"
#include "train/project/project.h"

namespace mote::train {

enum class Form {
  kAfterTraining,  // float.tflite, quantised by what it does on training examples
  kTrainedForIt,   // qat.tflite, by the ranges that it was trained with
};

/// "quantised after training", "trained for it".
const char* name_of(Form form);

struct FormChoice {
  Form taken = Form::kTrainedForIt;
  std::string score;    // what was compared: accuracy, mean absolute error, reconstruction error
  size_t examples = 0;  // that compared: the validation part; 0: it has none
  std::optional<double> after_training, trained_for_it;
  std::string why;  // "better on 96 validation examples"
};

/// The better of both on validation examples; of equals the one that was asked for. Anomalies don't
/// validate, so that a detector's figure is the mean of what it calls normal examples.
FormChoice choose_form(Task task, const std::vector<Prediction>& after_training,
                       const std::vector<Prediction>& trained_for_it);
/// What was asked for, where nothing can be compared.
FormChoice choose_unseen();

/// A figure of one form: "89.1 %", "0.0312", or "-" without one.
std::string figure_text(const FormChoice& choice, const std::optional<double>& figure);

/// "deployed" of mote.training/1, and what deployed.json of a run holds.
nlohmann::ordered_json choice_json(const FormChoice& choice);
/// Nothing if the run has no such file, or another one: then there was nothing to choose from.
std::optional<FormChoice> read_choice(const std::filesystem::path& run);

}  // namespace mote::train

#endif  // MOTE_TRAIN_RUN_FORM_CHOICE_H_
