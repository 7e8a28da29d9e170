// The verifier: what must hold so that running the code cannot touch memory that is not its own. One pass over each function in the order
// of its words: instructions fit, operands are in range, labels hit instructions of the same function, frames balance on every
// way through the code, announced heap words cover what is put. It does not follow the types of values: instructions that read a cons,
// a tuple or a map without looking (get_list, get_element) are the emitter's to guard, as in any trusted compiler's output.
#include <algorithm>

#include "vm/code/module.hpp"
#include "vm/term/print.hpp"

namespace phial {
namespace {

class Verifier {
 public:
  Verifier(const CodeUnit& unit, std::string& error) : unit_(unit), error_(error) {}

  bool verify() {
    size_t size = unit_.code.size();
    if (size > (size_t{1} << 30)) return fail(0, "too much code");
    starts_.assign(size + 1, false);
    targets_.assign(size + 1, false);
    std::vector<Operand> operands;
    for (size_t at = 0; at < size;) {
      starts_[at] = true;
      size_t words = decode_operands(unit_.code.data(), at, size, operands);
      if (!words) return fail(at, "no whole instruction");
      at += words;
    }
    starts_[size] = true;
    if (!sorted()) return false;
    for (const FrameEntry& entry : unit_.frames)
      if (entry.slots > FrameEntry::most_slots && entry.slots != FrameEntry::no_frame) return fail(entry.at, "a frame is too large");
    for (const FunctionInfo& f : unit_.functions)
      if (!function(f)) return false;
    for (const TryRegion& region : unit_.try_regions) {
      if (region.start >= region.end || region.end > size || region.handler >= size || !starts_[region.handler])
        return fail(region.start, "a try region is out of range");
      const FunctionInfo* f = function_of(region.start);
      if (!f || region.end > f->end || region.handler < f->start || region.handler >= f->end)
        return fail(region.start, "a try region leaves its function");
      if (frame_at(region.start) == FrameEntry::no_frame || frame_at(region.handler) != frame_at(region.start))
        return fail(region.start, "a try region's frame differs from its handler's");
    }
    return true;
  }

 private:
  bool fail(size_t at, const std::string& what) {
    error_ = what + " at word " + std::to_string(at);
    return false;
  }
  bool sorted() {
    for (size_t i = 1; i < unit_.frames.size(); i++)
      if (unit_.frames[i].at < unit_.frames[i - 1].at) return fail(unit_.frames[i].at, "frame entries are not sorted");
    for (size_t i = 1; i < unit_.lines.size(); i++)
      if (unit_.lines[i].at < unit_.lines[i - 1].at) return fail(unit_.lines[i].at, "line entries are not sorted");
    return true;
  }
  const FunctionInfo* function_of(size_t at) const {
    for (const FunctionInfo& f : unit_.functions)
      if (at >= f.start && at < f.end) return &f;
    return nullptr;
  }
  uint16_t frame_at(size_t at) const {
    auto after = std::upper_bound(unit_.frames.begin(), unit_.frames.end(), at,
                                  [](size_t value, const FrameEntry& entry) { return value < entry.at; });
    return after == unit_.frames.begin() ? FrameEntry::no_frame : std::prev(after)->slots;
  }

  bool function(const FunctionInfo& f) {
    if (f.start >= f.end || f.end > unit_.code.size() || !starts_[f.start] || !starts_[f.end]) return fail(f.start, "a function is out of range");
    if (f.free > f.arity) return fail(f.start, "more free values than parameters");
    if (frame_at(f.start) != FrameEntry::no_frame) return fail(f.start, "a function begins with a frame");
    std::vector<Operand> operands;
    // Labels first: announced memory does not reach across them.
    for (size_t at = f.start; at < f.end;) {
      size_t words = decode_operands(unit_.code.data(), at, f.end, operands);
      if (!words) return fail(at, "an instruction leaves its function");
      for (const Operand& o : operands) {
        if (o.kind != 'L' && o.kind != 'T') continue;
        auto distance = static_cast<int32_t>(static_cast<uint32_t>(unit_.code[at + o.word]));
        if (o.kind == 'L' && !distance) continue;
        int64_t target = static_cast<int64_t>(at) + distance;
        if (target < f.start || target >= f.end || !starts_[static_cast<size_t>(target)]) return fail(at, "a label hits no instruction");
        targets_[static_cast<size_t>(target)] = true;
      }
      at += words;
    }
    size_t room = 0;
    bool ended = false;
    for (size_t at = f.start; at < f.end;) {
      size_t words = decode_operands(unit_.code.data(), at, f.end, operands);
      if (targets_[at]) room = 0;
      if (!instruction(f, at, words, operands, room)) return false;
      ended = opcode_info[unit_.code[at] & 0xffff].ends_block;
      at += words;
    }
    return ended || fail(f.end, "a function runs off its end");
  }

  bool register_ok(size_t at, RegisterCode code, uint16_t slots) {
    if (is_y(code)) {
      if (slots == FrameEntry::no_frame || (code & 0x7fff) >= slots) return fail(at, "a y register is not in the frame");
    } else if (code >= 1024) {
      return fail(at, "no such x register");
    }
    return true;
  }

  bool instruction(const FunctionInfo& f, size_t at, size_t words, const std::vector<Operand>& operands, size_t& room) {
    Word word = unit_.code[at];
    auto opcode = static_cast<Opcode>(word & 0xffff);
    const Word* code = unit_.code.data() + at;
    uint16_t slots = frame_at(at);
    uint16_t after = slots;
    for (const Operand& o : operands) {
      if (o.packed < 3) {
        if ((o.kind == 'd' || o.kind == 'r') && !register_ok(at, packed(word, o.packed), slots)) return false;
        continue;
      }
      Word value = code[o.word];
      switch (o.kind) {
        case 'S':
          if ((value & 0xff) == 0xff) {
            if (!register_ok(at, static_cast<RegisterCode>(value >> 32), slots)) return false;
          } else if (Header::is(value)) {
            return fail(at, "an operand is no term");
          }
          break;
        case 'K':
          if (Header::is(value)) return fail(at, "a constant is no term");
          break;
        case 'F':
          if (value >= unit_.functions.size()) return fail(at, "no such function");
          break;
        case 'E':
          if (value >= unit_.imports.size()) return fail(at, "no such import");
          break;
        case 'L':
          if (auto distance = static_cast<int32_t>(static_cast<uint32_t>(value)); distance && frame_at(at + static_cast<size_t>(distance)) != slots)
            return fail(at, "a jump changes the frame");
          break;
        case 'T':
          if (frame_at(at + static_cast<size_t>(static_cast<int32_t>(static_cast<uint32_t>(value)))) != slots)
            return fail(at, "a jump changes the frame");
          break;
      }
    }
    auto needs_frame = [&](unsigned popped) {
      return (slots != FrameEntry::no_frame && popped == slots) || fail(at, "the frame to pop is not the frame that stands");
    };
    auto frameless = [&] { return slots == FrameEntry::no_frame || fail(at, "a frame is left standing"); };
    auto framed = [&] { return slots != FrameEntry::no_frame || fail(at, "a call without a frame"); };
    auto takes = [&](size_t n) {
      if (n > room) return fail(at, "heap words were not announced");
      room -= n;
      return true;
    };
    unsigned a = packed(word, 0), b = packed(word, 1);
    switch (opcode) {
      case Opcode::allocate:
        if (!frameless()) return false;
        if (b > 1024) return fail(at, "too many live registers");
        if (a > 0x7ffe) return fail(at, "the frame is too large");
        after = static_cast<uint16_t>(a);
        room = packed(word, 2);
        break;
      case Opcode::deallocate:
        if (!needs_frame(a)) return false;
        after = FrameEntry::no_frame;
        break;
      case Opcode::test_heap:
        if (a > 1024 || code[1] > (1u << 28)) return fail(at, "too many heap words");
        room = code[1];
        break;
      case Opcode::call:
        if (unit_.functions[code[1]].arity != a) return fail(at, "wrong arity");
        room = 0;
        if (!framed()) return false;
        break;
      case Opcode::call_last:
        if (unit_.functions[code[1]].arity != a) return fail(at, "wrong arity");
        if (!needs_frame(b)) return false;
        break;
      case Opcode::call_only:
        if (unit_.functions[code[1]].arity != a) return fail(at, "wrong arity");
        if (!frameless()) return false;
        break;
      case Opcode::call_external:
        if (unit_.imports[code[1]].arity != a) return fail(at, "wrong arity");
        room = 0;
        if (!framed()) return false;
        break;
      case Opcode::call_external_last:
        if (unit_.imports[code[1]].arity != a) return fail(at, "wrong arity");
        if (!needs_frame(b)) return false;
        break;
      case Opcode::call_external_only:
        if (unit_.imports[code[1]].arity != a) return fail(at, "wrong arity");
        if (!frameless()) return false;
        break;
      case Opcode::call_fun: case Opcode::apply:
        if (a > 255) return fail(at, "too many arguments");
        room = 0;
        if (!framed()) return false;
        break;
      case Opcode::call_fun_last:
        if (a > 255) return fail(at, "too many arguments");
        if (!needs_frame(b)) return false;
        break;
      case Opcode::call_fun_only:
        if (a > 255) return fail(at, "too many arguments");
        if (!frameless()) return false;
        break;
      case Opcode::apply_last:
        if (a > 255) return fail(at, "too many arguments");
        if (code[1] == FrameEntry::no_frame ? !frameless() : !needs_frame(static_cast<unsigned>(code[1]))) return false;
        break;
      case Opcode::return_:
        if (!frameless()) return false;
        break;
      case Opcode::return_from_frame:
        if (!needs_frame(a)) return false;
        break;
      case Opcode::loop:
        if (a > 1024) return fail(at, "too many live registers");
        break;
      case Opcode::bif:
        if (b > 8 || unit_.imports[code[2]].arity != b) return fail(at, "wrong number of operands of a bif");
        break;
      case Opcode::function_clause:
        if (a > 255) return fail(at, "too many arguments");
        break;
      case Opcode::add_constant: case Opcode::subtract_constant:
        if (!Term::raw(code[2]).is_small()) return fail(at, "the constant is no small integer");
        break;
      case Opcode::put_list: case Opcode::put_list_any:
        if (!takes(2)) return false;
        break;
      case Opcode::put_tuple:
        if (!takes(1 + b)) return false;
        break;
      case Opcode::put_fun:
        if (unit_.functions[code[1]].arity < b) return fail(at, "more free values than parameters");
        if (!takes(2 + b)) return false;
        break;
      case Opcode::new_map_of_shape:
        if (b > 32 || !Term::raw(code[1]).is_tuple(b)) return fail(at, "the keys of a map are no tuple of their number");
        break;
      case Opcode::bs_match_literal:
        if (!Term::raw(code[2]).is_bitstring()) return fail(at, "the constant is no bitstring");
        break;
      case Opcode::bs_test_unit:
        if (!b) return fail(at, "a unit of zero");
        break;
      case Opcode::bs_build:
        for (unsigned i = 0; i < b; i++)
          if ((code[1 + 3 * i] & 0xff) > static_cast<Word>(SegmentType::literal)) return fail(at, "no such type of segment");
        break;
      case Opcode::receive_wait: case Opcode::receive_wait_timeout:
        room = 0;
        if (!framed()) return false;
        break;
      default: break;
    }
    // What follows has the frame that this instruction leaves.
    if (!opcode_info[static_cast<size_t>(opcode)].ends_block && at + words < f.end && frame_at(at + words) != after)
      return fail(at, "the frame table disagrees with the code");
    if (opcode_info[static_cast<size_t>(opcode)].ends_block) room = 0;
    return true;
  }

  const CodeUnit& unit_;
  std::string& error_;
  std::vector<bool> starts_, targets_;
};

}  // namespace

bool verify_code_unit(const CodeUnit& unit, std::string& error) { return Verifier(unit, error).verify(); }

}  // namespace phial
