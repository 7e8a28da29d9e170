// What the files of this folder share: their tables, and small helpers to read arguments.
//
// A file of this folder holds the native functions of one module of the language (or one family of :erlang's) and ends in its
// table; tables.cpp lists the tables. How a native function talks to its process: vm/code/native_function.hpp.
#pragma once
#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "vm/base/work.hpp"
#include "vm/process/context.hpp"
#include "vm/process/tick.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/build.hpp"

namespace phial {

/// All tables of this folder, for a VM that is being created.
std::span<const NativeTable> native_tables();

namespace native {

/// A non-negative small integer no larger than `limit`; false otherwise.
inline bool read_index(Term term, size_t limit, size_t& out) {
  if (!term.is_small() || term.small_value() < 0 || static_cast<size_t>(term.small_value()) > limit) return false;
  out = static_cast<size_t>(term.small_value());
  return true;
}
/// Text of a charlist of code points as UTF-8; false if it is none.
bool read_charlist(Term list, std::string& out);
/// A charlist of the code points of UTF-8 text.
Term make_charlist(TermHeap& heap, std::string_view utf8);
/// utf8_valid that counts its work.
bool valid_text(Context& c, std::string_view text);
/// The bytes of an iolist or binary, appended; false if the term is none.
bool append_iodata(Term iodata, std::string& out);
/// Bytes of an iolist or binary; -1 if the term is none (or a bitstring of no whole bytes).
ptrdiff_t iodata_size(Term iodata);
/// Puts the terminal's mode back as it was before :phial_io.raw.
void restore_terminal();
/// An option list's value for {key, value}, or true for the bare atom `key`; none() if absent.
Term option(Term options, Term key);

/// Calls work(at, size) for parts of so many bytes, one after the other; `per_unit` of them take some 10 ns. Between two parts a long native function may be left.
/// False as soon as work gives false.
template <class Work>
bool in_parts(size_t bytes, size_t per_unit, Work&& work) {
  constexpr size_t part = size_t{1} << 17;
  for (size_t at = 0; at < bytes; at += part) {
    size_t size = std::min(part, bytes - at);
    if (!work(at, size)) return false;
    if (bytes > part) note_work(static_cast<int64_t>(size / per_unit));
  }
  return true;
}
/// make_binary, in parts.
Term binary_of(TermHeap& heap, std::string_view bytes);

/// Continues with the native_long twin of a function, :phial_long.NAME. A fiber costs some 50 ns, so functions that are mostly called with little take
/// this way only when there is much to do.
Term go_long(Context& c, const char* name, std::initializer_list<Term> arguments);

/// A table of native functions; use: constexpr NativeEntry entries[] = {...}; NativeTable x_natives = table_of(entries).
template <size_t count>
constexpr NativeTable table_of(const NativeEntry (&entries)[count]) {
  return {entries, count};
}

}  // namespace native
}  // namespace phial
