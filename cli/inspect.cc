// SPDX-License-Identifier: Apache-2.0
// mote inspect: everything about a model that can be known without running it.
#include <fmt/ranges.h>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>
#include <set>

#include "base/host/file.h"
#include "cli/model_file.h"
#include "cli/table.h"
#include "cli/verbs.h"
#include "compiler/drawing.h"
#include "compiler/image_writer.h"
#include "compiler/pipeline.h"
#include "ir/text.h"
#include "runtime/image.h"

namespace mote {
namespace {

using Json = nlohmann::ordered_json;

struct InspectOptions {
  std::string model, signature, svg;
  bool json = false, graph = false, plan = false;
};

/// Of one execution; of an operator with bodies, of each of them once.
int64_t macs_of(const Graph& graph, const Node& node) {
  int64_t macs = node.record->macs ? node.record->macs(NodeView(graph, node)) : 0;
  for (const Graph& body : node.bodies) {
    for (const Node& inner : body.nodes) macs += macs_of(body, inner);
  }
  return macs;
}

/// Bytes of the constants that these nodes read, each counted once; those of bodies for themselves.
template <typename Nodes>
uint64_t weight_bytes(const Graph& graph, const Nodes& nodes) {
  std::set<TensorId> seen;
  uint64_t bytes = 0;
  for (const Node& node : nodes) {
    for (TensorId id : node.inputs) {
      if (id == kAbsent || !graph.tensor(id).constant() || !seen.insert(id).second) continue;
      bytes += graph.tensor(id).bytes();
    }
    for (const Graph& body : node.bodies) bytes += weight_bytes(body, body.nodes);
  }
  return bytes;
}

std::string quantization_text(const Quantization& q) {
  if (!q.quantized()) return "";
  if (q.per_channel()) return fmt::format("{} scales along dimension {}", q.scales.size(), q.axis);
  return fmt::format("scale {:.6g} zero point {}", q.scale(), q.zero_point());
}

Json tensor_json(const Tensor& tensor) {
  Json json = {{"name", tensor.name}, {"dtype", name_of(tensor.dtype)}};
  json["shape"] = std::vector<int>(tensor.shape.dims, tensor.shape.dims + tensor.shape.rank);
  if (tensor.quantization.quantized()) {
    json["scales"] = tensor.quantization.scales;
    json["zero_points"] = tensor.quantization.zero_points;
    if (tensor.quantization.per_channel()) json["axis"] = tensor.quantization.axis;
  }
  return json;
}

Json tensors_json(const std::vector<Tensor>& tensors) {
  Json json = Json::array();
  for (const Tensor& tensor : tensors) json.push_back(tensor_json(tensor));
  return json;
}

struct Facts {
  ModelFile model;
  Plan plan;
  int64_t macs = 0;
  uint64_t weights = 0;
  uint64_t image_bytes = 0;
};

Json facts_json(const Facts& f) {
  const Graph& graph = *f.model.graph;
  Json json = {{"schema", "mote.inspect/1"},
               {"model", f.model.path.string()},
               {"file_bytes", f.model.file_bytes},
               {"macs", f.macs},
               {"weight_bytes", f.weights},
               {"arena_bytes", f.plan.arena_bytes},
               {"arena_lower_bound_bytes", f.plan.arena_lower_bound_bytes},
               {"state_bytes", f.plan.state_bytes},
               {"planner", f.plan.planner},
               {"image_bytes", f.image_bytes},
               {"steps", f.plan.steps.size()},
               {"reset_steps", f.plan.init_steps}};
  json["signatures"] = f.model.signatures;
  json["inputs"] = tensors_json(f.model.inputs);
  json["outputs"] = tensors_json(f.model.outputs);
  json["operators"] = Json::array();
  for (const Node& node : graph.nodes) {
    Json row = {{"name", node.record->name},
                {"macs", macs_of(graph, node)},
                {"weight_bytes", weight_bytes(graph, std::initializer_list<Node>{node})}};
    row["inputs"] = Json::array();
    for (TensorId id : node.inputs) {
      row["inputs"].push_back(id == kAbsent ? Json() : tensor_json(graph.tensor(id)));
    }
    row["outputs"] = Json::array();
    for (TensorId id : node.outputs) row["outputs"].push_back(tensor_json(graph.tensor(id)));
    json["operators"].push_back(row);
  }
  json["allocations"] = Json::array();
  for (const Allocation& a : f.plan.allocations) {
    json["allocations"].push_back({{"name", a.name},
                                   {"offset", a.offset},
                                   {"bytes", a.bytes},
                                   {"first_step", a.first_step},
                                   {"last_step", a.last_step},
                                   {"state", a.state}});
  }
  return json;
}

void print_ends(const char* kind, const std::vector<Tensor>& tensors) {
  for (const Tensor& tensor : tensors) {
    fmt::print("{:<7} {}  {}  {}\n", kind, tensor.name, type_text(tensor),
               quantization_text(tensor.quantization));
  }
}

void print_operators(const Graph& graph) {
  Table table({">#", "operator", "output", "type", ">MACs", ">weight bytes"});
  for (size_t i = 0; i < graph.nodes.size(); ++i) {
    const Node& node = graph.nodes[i];
    const Tensor* output = node.outputs.empty() ? nullptr : &graph.tensor(node.outputs[0]);
    table.add(
        {std::to_string(i), std::string(node.record->name),
         output ? shortened(output->name, 40) : "", output ? type_text(*output) : "",
         grouped(macs_of(graph, node)),
         grouped(static_cast<int64_t>(weight_bytes(graph, std::initializer_list<Node>{node})))});
  }
  fmt::print("{}", table.text());
}

void print_facts(const Facts& f) {
  fmt::print("{}  {} bytes\n", f.model.path.string(),
             grouped(static_cast<int64_t>(f.model.file_bytes)));
  print_ends("input", f.model.inputs);
  print_ends("output", f.model.outputs);
  if (f.model.signatures.size() > 1) {
    fmt::print("signatures {}\n", fmt::join(f.model.signatures, ", "));
  }
  fmt::print("\n");
  print_operators(*f.model.graph);
  fmt::print("\n{}, {} MACs, {} weight bytes\n", counted(f.model.graph->nodes.size(), "operator"),
             grouped(f.macs), grouped(static_cast<int64_t>(f.weights)));
  fmt::print("arena {} bytes, exactly (lower bound {}; placed by: {})\n",
             grouped(f.plan.arena_bytes), grouped(f.plan.arena_lower_bound_bytes), f.plan.planner);
  if (f.plan.state_bytes != 0) {
    fmt::print("state {} bytes of it, the first ones, kept from run to run until a reset\n",
               grouped(f.plan.state_bytes));
  }
  fmt::print("image {} bytes, {}, {}\n", grouped(static_cast<int64_t>(f.image_bytes)),
             counted(f.plan.steps.size(), "step"), counted(f.plan.kernels().size(), "kernel"));
}

Result<ExitCode> inspect_image(const ModelFile& model, const InspectOptions& options) {
  if (options.graph || options.plan || !options.svg.empty()) {
    return fail("{}: is a .mote image, which holds no graph; inspect the .tflite it was built from",
                model.path.string());
  }
  ImageHeader header;
  std::memcpy(&header, model.image.data(), sizeof header);
  if (options.json) {
    Json json = {{"schema", "mote.inspect_image/1"},
                 {"model", model.path.string()},
                 {"file_bytes", model.file_bytes},
                 {"version", header.version},
                 {"crc32", header.crc32},
                 {"arena_bytes", header.arena_bytes},
                 {"constants_bytes", header.constants_bytes},
                 {"state_bytes", header.state_bytes},
                 {"steps", header.step_count},
                 {"kernels", header.kernel_count}};
    json["inputs"] = tensors_json(model.inputs);
    json["outputs"] = tensors_json(model.outputs);
    fmt::print("{}\n", json.dump(2));
    return kSuccess;
  }
  fmt::print("{}  .mote image version {}, {} bytes, CRC-32 {:08x}\n", model.path.string(),
             header.version, grouped(header.image_bytes), header.crc32);
  print_ends("input", model.inputs);
  print_ends("output", model.outputs);
  fmt::print("arena {} bytes, {} of them state, {}, {}, {} bytes of constants\n",
             grouped(header.arena_bytes), grouped(header.state_bytes),
             counted(header.step_count, "step"), counted(header.kernel_count, "kernel"),
             grouped(header.constants_bytes));
  return kSuccess;
}

Result<ExitCode> inspect(const InspectOptions& options) {
  Facts f;
  MOTE_TRY(f.model, load_model(options.model, options.signature));
  if (!f.model.graph) return inspect_image(f.model, options);
  const Graph& graph = *f.model.graph;
  Result<Plan> plan = compile(graph, Target());
  if (!plan.ok()) return fail("{}: {}", options.model, plan.error().message);
  f.plan = *std::move(plan);
  for (const Node& node : graph.nodes) f.macs += macs_of(graph, node);
  f.weights = weight_bytes(graph, graph.nodes);
  f.image_bytes = write_image(f.plan).size();
  if (!options.svg.empty()) MOTE_CHECK_OK(write_text(options.svg, draw_svg(f.plan)));
  if (options.json) {
    fmt::print("{}\n", facts_json(f).dump(2, ' ', false, Json::error_handler_t::replace));
    return kSuccess;
  }
  print_facts(f);
  if (options.graph) fmt::print("\n{}", print(graph, Constants::kElided));
  if (options.plan) fmt::print("\n{}", draw_text(f.plan));
  return kSuccess;
}

}  // namespace

VerbAction setup_inspect(CLI::App& command) {
  auto options = std::make_shared<InspectOptions>();
  command.add_option("model", options->model, "A .tflite file, a graph text or a .mote image")
      ->required();
  add_signature_option(command, &options->signature);
  command.add_flag("--graph", options->graph, "Print the graph in text form");
  command.add_flag("--plan", options->plan, "Draw the memory plan");
  command.add_option("--plan-svg", options->svg, "Write the drawing of the memory plan as SVG");
  command.add_flag("--json", options->json, "Print JSON (docs/json.md)")
      ->excludes("--graph")
      ->excludes("--plan");
  return [options] { return inspect(*options); };
}

}  // namespace mote
