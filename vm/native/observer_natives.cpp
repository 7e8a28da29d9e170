// What the observer reads of the VM that no function of Erlang tells: functions with their bytecode and tier, and the timers that run.
#include "vm/native/native.hpp"
#include "vm/process/timer.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/build.hpp"

namespace phial {
namespace {

using namespace native;

/// [{name, arity, :native | :interpreted, bytes of bytecode}] of a loaded module; [] of any other.
Term functions(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  const Module* module = c.vm().code.find_module(a[0]);
  if (!module || !module->code) return Term::nil();
  std::vector<Term> rows;
  for (size_t i = 0; i < module->function_count; i++) {
    const Function& f = module->functions[i];
    bool compiled = f.native_entry.load(std::memory_order_relaxed) != nullptr;
    rows.push_back(make_tuple(c.heap(), {f.name, Term::small(f.arity), intern_atom(compiled ? "native" : "interpreted"),
                                         Term::small((f.code_end - f.code) * static_cast<ptrdiff_t>(sizeof(Word)))}));
  }
  return make_list(c.heap(), rows);
}

/// A listing of one function's bytecode.
Term bytecode(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom() || !a[2].is_small()) return c.badarg();
  const Module* module = c.vm().code.find_module(a[0]);
  if (!module) return c.badarg();
  for (size_t i = 0; i < module->function_count; i++) {
    const Function& f = module->functions[i];
    if (f.name == a[1] && f.arity == a[2].small_value()) return make_binary(c.heap(), print_function(f));
  }
  return c.badarg();
}

/// [{destination, milliseconds left, message}] of at most a thousand of the timers that will send something.
Term timers(Context& c, const Term*) {
  constexpr size_t most = 1000;
  constexpr size_t longest_message = 200;  // words; a longer one is shown as :...
  int64_t now = c.vm().monotonic_time() / 1000000;
  std::vector<Term> rows;
  c.vm().references.each([&](Term, const ReferenceTable::Entry& entry) {
    if (!entry.timer || !entry.timer->signal || rows.size() == most) return;
    Term message = entry.timer->signal->value;
    message = term_words(message) <= longest_message ? copy_term(c.heap(), message) : intern_atom("...");
    rows.push_back(make_tuple(c.heap(), {entry.timer->destination, make_integer(c.heap(), std::max<int64_t>(0, entry.timer->deadline - now)), message}));
  });
  return make_list(c.heap(), rows);
}

constexpr NativeEntry entries[] = {
    {"phial_observer", "functions", 1, functions}, {"phial_observer", "bytecode", 3, bytecode}, {"phial_observer", "timers", 0, timers},
};

}  // namespace

extern const NativeTable observer_natives;
constexpr NativeTable observer_natives = native::table_of(entries);

}  // namespace phial
