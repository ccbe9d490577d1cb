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

/// One row of the types that an operator takes, and what computes it: the kernels' names by target
/// (of each kind of target the first), as the sample cases call them, and their forms: "reference"
/// for what every core may run, else the name of the kernel's file. Without cases of these types
/// there are no kernels, and the forms are the record's.
struct TypeCoverage {
  TypeRow types;
  std::vector<std::string> forms;
  std::map<std::string, std::set<std::string>> kernels = {};
};

/// A row for each of the record's; one without types if it takes whatever its operands are.
std::vector<TypeCoverage> type_coverage(const OperatorRecord& record);

/// "int8, int8, int32 -> int8", one type if all are the same, "any" if there are none.
std::string row_text(const TypeRow& row);

/// Rows of the same forms that differ in one type only: "T, int32 -> T with T = int8, float32".
struct CoverageGroup {
  std::string types;
  std::vector<std::string> forms;
};
std::vector<CoverageGroup> grouped_coverage(const std::vector<TypeCoverage>& rows);

/// All forms in the rows.
std::vector<std::string> all_forms(const std::vector<TypeCoverage>& rows);

}  // namespace mote

#endif  // MOTE_CLI_COVERAGE_H_
