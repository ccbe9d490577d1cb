// SPDX-License-Identifier: Apache-2.0
// Writes a plan as C++: one header with a C and a C++ interface, one source file that carries the
// kernels it needs, the weights as const arrays and the steps as plain calls. The two files compile
// alone with any C++17 compiler, need no libc, no heap and no global constructors, and give the
// same bits as the image.
#ifndef MOTE_COMPILER_CPP_WRITER_H_
#define MOTE_COMPILER_CPP_WRITER_H_

#include <string>

#include "compiler/plan.h"

namespace mote {

struct CppFiles {
  std::string header;  // NAME.h
  std::string source;  // NAME.cc
};

/// `name` becomes the prefix of C names and the C++ namespace. REQUIRES: is_identifier(name).
/// `origin` says in a comment where the model came from.
CppFiles write_cpp(const Plan& plan, const std::string& name, const std::string& origin);

/// `text` as a C identifier: other characters become '_'; never empty, never starts with a digit,
/// never a keyword of C or C++.
std::string identifier(const std::string& text);
bool is_identifier(const std::string& text);

/// The source of linked_kernels() for a firmware that runs this plan's image: it registers, and so
/// links, the kernels that the plan calls and no others.
std::string write_registration(const std::vector<const KernelInfo*>& kernels);

}  // namespace mote

#endif  // MOTE_COMPILER_CPP_WRITER_H_
