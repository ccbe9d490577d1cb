// SPDX-License-Identifier: Apache-2.0
// The files of train/project/templates/, carried as texts: by root-relative path.
#ifndef MOTE_TRAIN_PROJECT_TEMPLATES_H_
#define MOTE_TRAIN_PROJECT_TEMPLATES_H_

#include <map>
#include <string>

namespace mote {

const std::map<std::string, std::string>& project_templates();

}  // namespace mote

#endif  // MOTE_TRAIN_PROJECT_TEMPLATES_H_
