// SPDX-License-Identifier: Apache-2.0
// Lifetimes are intervals of the list of steps. A loop makes what it reads from before live to its
// end. Steps of one region follow one another without a way in or out between them, which is what
// makes it safe to compute a value in a variable's bytes before the step that would copy it there.
#include <algorithm>

#include "compiler/program.h"

namespace mote {
namespace {

class Sharer {
 public:
  explicit Sharer(Program& program) : program_(program) {}

  void run() {
    find_lifetimes();
    for (int s = 0; s < step_count(); ++s) {
      for (const InPlace& pair : step(s).step.in_place) {
        if (may_share(s, pair)) share(s, pair);
      }
    }
    drop_empty_jumps();
  }

 private:
  int step_count() const { return static_cast<int>(program_.steps.size()); }
  ProgramStep& step(int s) { return program_.steps[static_cast<size_t>(s)]; }
  const ProgramStep& step(int s) const { return program_.steps[static_cast<size_t>(s)]; }
  const ProgramBuffer& buffer(size_t b) const { return program_.buffers[b]; }

  void touch(size_t b, int s) {
    Lifetime& life = program_.buffers[b].own;
    life.first = std::min(life.first, s);
    life.last = std::max(life.last, s);
  }

  void find_lifetimes() {
    for (size_t b : program_.inputs) touch(b, -1);
    for (int s = 0; s < step_count(); ++s) {
      for (const Value& value : step(s).step.operands) {
        if (program_.is_buffer(value)) touch(static_cast<size_t>(value.index), s);
      }
    }
    for (size_t b : program_.outputs) {
      touch(b, step_count());
      program_.buffers[b].is_output = true;
    }
    for (size_t b = 0; b < program_.buffers.size(); ++b) {
      if (buffer(b).state) touch(b, -1), touch(b, step_count());
    }
    stretch_over_loops();
    for (ProgramBuffer& b : program_.buffers) b.group = b.own;
  }

  /// What is there before a loop and touched in it is still wanted in the next turn.
  void stretch_over_loops() {
    for (bool changed = true; changed;) {
      changed = false;
      for (const Loop& loop : program_.loops) {
        for (ProgramBuffer& b : program_.buffers) {
          bool inside = b.own.last >= loop.first && b.own.last < loop.last;
          if (b.own.first >= loop.first || !inside) continue;
          b.own.last = loop.last;
          changed = true;
        }
      }
    }
  }

  /// Whether a step in first … last touches the group, or only whether one writes to it.
  bool touched(size_t group, int first, int last, bool writes_only) const {
    for (int s = std::max(first, 0); s <= std::min(last, step_count() - 1); ++s) {
      if (!step(s).dropped && touched_by(step(s).step, group, writes_only)) return true;
    }
    return false;
  }
  bool touched_by(const Step& one, size_t group, bool writes_only) const {
    for (size_t i = 0; i < one.operands.size(); ++i) {
      bool writes = one.kernel && (one.kernel->kernel.written >> i & 1) != 0;
      if (writes_only && !writes) continue;
      if (program_.is_buffer(one.operands[i]) && program_.leader_of(one.operands[i]) == group) {
        return true;
      }
    }
    return false;
  }
  bool written(size_t group, int first, int last) const {
    return touched(group, first, last, /*writes_only=*/true);
  }

  const Value& operand(int s, int i) const { return step(s).step.operands[static_cast<size_t>(i)]; }

  bool may_share(int s, const InPlace& pair) const {
    const Value &output = operand(s, pair.output), &input = operand(s, pair.input);
    bool whole = program_.is_buffer(output) && program_.is_buffer(input) && !output.byte_offset &&
                 !input.byte_offset;
    if (!whole || step(s).dropped) return false;
    size_t out = program_.leader_of(output), in = program_.leader_of(input);
    if (out == in || buffer(out).bytes != buffer(in).bytes) return false;
    // An output that a caller may change mustn't be the state.
    bool mixes = (buffer(out).state && buffer(in).is_output) ||
                 (buffer(in).state && buffer(out).is_output) ||
                 (buffer(in).state && buffer(out).state);
    if (mixes) return false;
    if (!step(s).step.drop_in_place) {
      return buffer(out).group.first == s && buffer(in).group.last == s;
    }
    return only_names(s, out, in) || may_compute_there(s, out, in);
  }

  /// Whether the copy only makes a second name: nothing else writes to the output, and the input
  /// stays as it is while the output lives.
  bool only_names(int s, size_t out, size_t in) const {
    bool written_else = written(out, 0, s - 1) || written(out, s + 1, step_count());
    if (buffer(out).state || buffer(out).group.first < s || written_else) return false;
    return !written(in, s + 1, buffer(out).group.last);
  }

  /// Whether the input could be computed in the output's bytes from the start: nobody wants the
  /// output's old value any more then, nor the input after the output has changed again.
  bool may_compute_there(int s, size_t out, size_t in) const {
    int first = buffer(in).group.first;
    if (first < 0 || first >= s || buffer(in).state) return false;
    for (int w = 0; w < step_count(); ++w) {
      if (!written(in, w, w)) continue;
      if (w > s || step(w).region != step(s).region) return false;
    }
    bool old_wanted = touched(out, first + 1, s - 1, false) ||
                      (touched(out, first, first, false) && !runs_in_place(first, out, in));
    return !old_wanted && !written(out, s + 1, buffer(in).group.last);
  }

  /// Whether the step that computes `in` may do so over `out`, which it touches in one place only.
  bool runs_in_place(int s, size_t out, size_t in) const {
    auto is = [&](const Value& value, size_t group) {
      return program_.is_buffer(value) && program_.leader_of(value) == group;
    };
    const std::vector<Value>& operands = step(s).step.operands;
    auto touches = std::count_if(operands.begin(), operands.end(),
                                 [&](const Value& value) { return is(value, out); });
    return touches == 1 && std::any_of(step(s).step.in_place.begin(), step(s).step.in_place.end(),
                                       [&](const InPlace& pair) {
                                         const Value& from = operand(s, pair.input);
                                         return is(operand(s, pair.output), in) && is(from, out) &&
                                                from.byte_offset == 0;
                                       });
  }

  void share(int s, const InPlace& pair) {
    size_t a = program_.leader_of(operand(s, pair.output));
    size_t b = program_.leader_of(operand(s, pair.input));
    if (buffer(a).state) std::swap(a, b);  // the state leads
    ProgramBuffer &follower = program_.buffers[a], &leader = program_.buffers[b];
    follower.leader = b;
    leader.is_output |= follower.is_output;
    leader.group.first = std::min(leader.group.first, follower.group.first);
    leader.group.last = std::max(leader.group.last, follower.group.last);
    step(s).dropped = step(s).step.drop_in_place;
  }

  /// Jumps over nothing.
  void drop_empty_jumps() {
    for (int s = step_count() - 1; s >= 0; --s) {
      if (step(s).step.kind != Step::kJump || step(s).step.number <= s) continue;
      int next = s + 1;
      while (next < step(s).step.number && step(next).dropped) ++next;
      step(s).dropped = next == step(s).step.number;
    }
  }

  Program& program_;
};

}  // namespace

void share_bytes(Program& program) {
  Sharer(program).run();
}

}  // namespace mote
