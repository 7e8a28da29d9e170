#include "vm/native/native.hpp"

#include <cstring>

#include <vector>

#include "vm/base/utf8.hpp"
#include "vm/base/work.hpp"
#include "vm/base/work_stack.hpp"

namespace phial::native {

bool read_charlist(Term list, std::string& out) {
  WorkCounter work;
  while (list.is_cons()) {
    work.step();
    Term item = list.head();
    if (!item.is_small() || item.small_value() < 0 || item.small_value() > 0x10ffff ||
        !utf8_append(out, static_cast<uint32_t>(item.small_value())))
      return false;
    list = list.tail();
  }
  return list.is_nil();
}

Term make_charlist(TermHeap& heap, std::string_view text) {
  std::vector<Term> points;
  points.reserve(text.size());
  auto at = reinterpret_cast<const uint8_t*>(text.data());
  auto end = at + text.size();
  WorkCounter work;
  while (at < end) {
    work.step();
    Utf8Step step = utf8_decode(at, end);
    points.push_back(Term::small(step.length ? step.code_point : *at));
    at += step.length ? step.length : 1;
  }
  return make_list(heap, points);
}

namespace {

/// Calls on_byte and on_bytes for the parts of iodata in order; false where it is none.
template <class OnByte, class OnBytes>
bool walk_iodata(Term iodata, OnByte on_byte, OnBytes on_bytes) {
  WorkStack<Term> pending;
  Term at = iodata;
  WorkCounter work;
  for (;;) {
    work.step();
    if (at.is_cons()) {
      Term head = at.head();
      if (head.is_small()) {
        if (head.small_value() < 0 || head.small_value() > 255) return false;
        if (!on_byte(static_cast<uint8_t>(head.small_value()))) return false;
        at = at.tail();
        continue;
      }
      Term tail = at.tail();
      if (!tail.is_nil()) {
        if (!tail.is_cons() && !tail.is_bitstring()) return false;
        __builtin_prefetch(reinterpret_cast<const void*>(tail.word & ~Word{7}));  // what comes after this head
      }
      if (head.is_bitstring()) {
        if (!on_bytes(head)) return false;
        at = tail;
        continue;
      }
      if (!head.is_cons()) {
        if (!head.is_nil()) return false;
        at = tail;
        continue;
      }
      if (!tail.is_nil()) pending.push_back(tail);
      at = head;
      continue;
    } else if (at.is_bitstring()) {
      if (!on_bytes(at)) return false;
    } else if (!at.is_nil()) {
      return false;
    }
    if (pending.empty()) return true;
    at = pending.back();
    pending.pop_back();
  }
}

}  // namespace

bool valid_text(Context& c, std::string_view text) {
  constexpr size_t part = 1 << 20;
  while (text.size() > part) {
    size_t cut = part;  // between characters
    while (cut > part - 4 && (static_cast<uint8_t>(text[cut]) & 0xc0) == 0x80) cut--;
    if (!utf8_valid(text.substr(0, cut))) return false;
    tick(c, part / 256);
    text.remove_prefix(cut);
  }
  c.bump(static_cast<int64_t>(text.size() / 256));
  return utf8_valid(text);
}

bool append_iodata(Term iodata, std::string& out) {
  // Where it gets large, all of it is measured before it is put together.
  constexpr size_t large = size_t{1} << 20, part = size_t{1} << 20;
  bool measured = false;
  std::string scratch;
  return walk_iodata(
      iodata,
      [&](uint8_t byte) {
        out += static_cast<char>(byte);
        return out.size() % part || !too_many_words(out.size() / sizeof(Word));
      },
      [&](Term binary) {
        size_t with = out.size() + bit_size(binary) / 8;
        if (bit_size(binary) % 8 || (with > part && too_many_words(with / sizeof(Word)))) return false;
        if (with > large && !measured) {
          measured = true;
          ptrdiff_t all = iodata_size(iodata);
          if (all < 0 || too_many_words(static_cast<size_t>(all) / sizeof(Word))) return false;
          out.reserve(static_cast<size_t>(all));  // what has come so far counts among it; the rest is not moved again
        }
        constexpr size_t first = 1024;  // a few parts fit it, and more seldom make it grow
        if (with > out.capacity() && out.capacity() < first) out.reserve(first);
        std::string_view bytes = bytes_of(binary, scratch);
        if (bytes.size() >= 256 && bytes.size() < large) note_work(static_cast<int64_t>(bytes.size() / 256));
        if (bytes.size() < large) out += bytes;
        else in_parts(bytes.size(), 64, [&](size_t at, size_t size) { return out += bytes.substr(at, size), true; });
        return true;
      });
}

ptrdiff_t iodata_size(Term iodata) {
  ptrdiff_t size = 0;
  bool valid = walk_iodata(
      iodata,
      [&](uint8_t) {
        size++;
        return true;
      },
      [&](Term binary) {
        if (bit_size(binary) % 8) return false;
        size += static_cast<ptrdiff_t>(bit_size(binary) / 8);
        return true;
      });
  return valid ? size : -1;
}

Term binary_of(TermHeap& heap, std::string_view bytes) {
  uint8_t* to;
  Term result = make_binary_buffer(heap, bytes.size(), &to);
  in_parts(bytes.size(), 64, [&](size_t at, size_t size) { return std::memcpy(to + at, bytes.data() + at, size), true; });
  return result;
}

Term go_long(Context& c, const char* name, std::initializer_list<Term> arguments) {
  static const Term module = intern_atom("phial_long");
  return c.tail_call(module, intern_atom(name), arguments);
}

Term option(Term options, Term key) {
  for (Term item : ListRange(options)) {
    if (item == key) return atoms::true_;
    if (item.is_tuple(2) && item.element(0) == key) return item.element(1);
  }
  return Term::none();
}

}  // namespace phial::native
