// SPDX-License-Identifier: Apache-2.0
// Which kernels compute an operator on which element types, as the operator's record and its sample
// cases show it.
#ifndef MOTE_CLI_COVERAGE_H_
#define MOTE_CLI_COVERAGE_H_

#include <map>
#include <set>
#include <string>
#include <vector>

#include "ir/record.h"

namespace mote {

/// One row of the types that an operator takes: "int8, int8, int32 -> int8", and what computes it:
/// the kernels' names by target (of each kind the first), as the sample cases call them, and the
/// forms of them all: the names of their files, "reference" first. Without cases of these types
/// there are no kernels, and the forms are the record's.
struct TypeCoverage {
  std::string types;
  std::vector<std::string> forms;
  std::map<std::string, std::set<std::string>> kernels = {};
};

/// A row for each of the record's; one "any" if it takes whatever its operands are.
std::vector<TypeCoverage> type_coverage(const OperatorRecord& record);

/// The same with rows joined that differ in one type only: "T, int32 -> T: int8, uint8, float32".
std::vector<TypeCoverage> summary(const std::vector<TypeCoverage>& rows);

/// All forms of the record's kernels.
std::vector<std::string> kernel_forms(const OperatorRecord& record);

}  // namespace mote

#endif  // MOTE_CLI_COVERAGE_H_
