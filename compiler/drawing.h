// SPDX-License-Identifier: Apache-2.0
// Draws a memory plan: time runs to the right (one column per step), the arena upwards from offset
// 0.
#ifndef MOTE_COMPILER_DRAWING_H_
#define MOTE_COMPILER_DRAWING_H_

#include <string>

#include "compiler/plan.h"

namespace mote {

/// For a terminal: a letter per buffer, a legend below.
std::string draw_text(const Plan& plan, int rows = 24);

/// For a page: a self-contained SVG, buffers as boxes with a title each, the peak marked.
std::string draw_svg(const Plan& plan);

}  // namespace mote

#endif  // MOTE_COMPILER_DRAWING_H_
