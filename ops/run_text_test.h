// SPDX-License-Identifier: Apache-2.0
// Test support: runs a graph given as text on elements given as numbers.
#ifndef MOTE_OPS_RUN_TEXT_TEST_H_
#define MOTE_OPS_RUN_TEXT_TEST_H_

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "ir/interpreter.h"
#include "ir/text.h"
#include "ir/verifier.h"
#include "ops/book.h"

namespace mote {

/// Elements as the bytes of a tensor.
template <typename T>
Bytes bytes_from(const std::vector<T>& elements) {
  Bytes bytes(elements.size() * sizeof(T));
  std::memcpy(bytes.data(), elements.data(), bytes.size());
  return bytes;
}

/// "0x…" as the text form wants a constant's bytes.
template <typename T>
std::string hex(const std::vector<T>& elements) {
  std::string text = "0x";
  for (uint8_t byte : bytes_from(elements)) text += fmt::format("{:02x}", byte);
  return text;
}

/// Output 0 of the graph whose lines are `lines`, as elements of T. A graph that doesn't run is a
/// test failure.
template <typename T>
std::vector<T> run_text(const std::string& lines, const std::vector<Bytes>& inputs) {
  Result<Graph> graph = parse("graph \"test\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return {};
  Result<void> verified = verify(*graph);
  EXPECT_TRUE(verified.ok()) << verified.error().message;
  if (!verified.ok()) return {};
  Result<std::vector<Bytes>> outputs = interpret(*graph, inputs);
  EXPECT_TRUE(outputs.ok()) << outputs.error().message;
  if (!outputs.ok()) return {};
  std::vector<T> elements((*outputs)[0].size() / sizeof(T));
  std::memcpy(elements.data(), (*outputs)[0].data(), elements.size() * sizeof(T));
  return elements;
}

/// Why verify() refuses the graph; empty if it doesn't.
inline std::string refusal(const std::string& lines) {
  Result<Graph> graph = parse("graph \"test\" {\n" + lines + "\n}", operator_book());
  EXPECT_TRUE(graph.ok()) << graph.error().message;
  if (!graph.ok()) return {};
  Result<void> verified = verify(*graph);
  return verified.ok() ? "" : verified.error().message;
}

}  // namespace mote

#endif  // MOTE_OPS_RUN_TEXT_TEST_H_
