// Atoms the compiler looks for and vm/term/atoms.def does not name.
#pragma once
#include "vm/term/atom.hpp"

namespace phial::compiler::lowering {

struct Names {
#define NAME(name, text) Term name = intern_atom(text);
  NAME(dot, ".") NAME(match, "=") NAME(pin, "^") NAME(braces, "{}") NAME(map, "%{}") NAME(bits, "<<>>") NAME(bar, "|") NAME(type, "::")
  NAME(capture, "&") NAME(slash, "/") NAME(arrow, "->") NAME(left_arrow, "<-") NAME(append, "++") NAME(underscore, "_")
  NAME(case_, "case") NAME(cond, "cond") NAME(with, "with") NAME(for_, "for") NAME(receive, "receive") NAME(try_, "try") NAME(in, "in")
  NAME(stacktrace, "__STACKTRACE__") NAME(into, "into") NAME(uniq, "uniq") NAME(reduce, "reduce")
  NAME(no_parens, "no_parens") NAME(generated, "generated") NAME(keep, "keep")
  NAME(default_, "default") NAME(all, "all") NAME(integer, "integer") NAME(float_, "float") NAME(bitstring, "bitstring") NAME(utf8, "utf8")
  NAME(utf16, "utf16") NAME(utf32, "utf32") NAME(signed_, "signed") NAME(little, "little") NAME(native, "native")
  NAME(erlang, "erlang") NAME(make_fun, "make_fun") NAME(element, "element") NAME(is_map_key, "is_map_key") NAME(is_function, "is_function")
  NAME(make_ref, "make_ref") NAME(monitor, "monitor") NAME(get_module_info, "get_module_info") NAME(lists, "lists")
  NAME(reverse, "reverse") NAME(member, "member") NAME(maps, "maps") NAME(put, "put") NAME(to_list, "to_list")
  NAME(enumerable, "Elixir.Enumerable") NAME(collectable, "Elixir.Collectable") NAME(cont, "cont") NAME(done, "done") NAME(halt, "halt")
  NAME(range, "Elixir.Range") NAME(first, "first") NAME(last, "last") NAME(step, "step") NAME(bad_generator, "bad_generator")
  NAME(exception, "Elixir.Exception") NAME(exception_key, "__exception__") NAME(normalize, "normalize") NAME(badbool, "badbool")
#undef NAME
};

inline const Names& names() {
  static const Names instance;
  return instance;
}

}  // namespace phial::compiler::lowering
