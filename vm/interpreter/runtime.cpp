#include "vm/interpreter/runtime.hpp"

#include "vm/base/available_memory.hpp"
#include "vm/base/memory.hpp"
#include "vm/heap/roomy.hpp"
#include "vm/process/budget.hpp"
#include "vm/process/hotness.hpp"
#include "vm/process/process_info.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/literal.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"
#include "vm/term/print.hpp"

namespace phial {
namespace {

Term trace_tag() {
  static const Term tag = intern_atom("$trace");
  return tag;
}
constexpr size_t trace_depth = 8;

struct ArithmeticName { Term name; unsigned operands; };
const ArithmeticName& name_of(Arithmetic operation) {
  static const ArithmeticName names[] = {{intern_atom("+"), 2}, {intern_atom("-"), 2}, {intern_atom("*"), 2}, {intern_atom("/"), 2}, {intern_atom("div"), 2},
                                         {intern_atom("rem"), 2}, {intern_atom("-"), 1}, {intern_atom("band"), 2}, {intern_atom("bor"), 2},
                                         {intern_atom("bxor"), 2}, {intern_atom("bnot"), 1}, {intern_atom("bsl"), 2}, {intern_atom("bsr"), 2}};
  return names[static_cast<size_t>(operation)];
}

Term erlang_atom() {
  static const Term atom = intern_atom("erlang");
  return atom;
}

}  // namespace

// -- arithmetic

Term runtime_arithmetic(Machine& m, Arithmetic operation, Term a, Term b) {
  TermHeap& heap = m.process->heap;
  Term result = Term::none();
  switch (operation) {
    case Arithmetic::add: result = number_add(heap, a, b); break;
    case Arithmetic::subtract: result = number_subtract(heap, a, b); break;
    case Arithmetic::multiply: result = number_multiply(heap, a, b); break;
    case Arithmetic::divide: result = number_divide(heap, a, b); break;
    case Arithmetic::quotient: result = integer_quotient(heap, a, b); break;
    case Arithmetic::remainder: result = integer_remainder(heap, a, b); break;
    case Arithmetic::negate: result = number_negate(heap, a); break;
    case Arithmetic::bit_and: result = integer_and(heap, a, b); break;
    case Arithmetic::bit_or: result = integer_or(heap, a, b); break;
    case Arithmetic::bit_xor: result = integer_xor(heap, a, b); break;
    case Arithmetic::bit_not: result = integer_not(heap, a); break;
    case Arithmetic::shift_left: result = integer_shift_left(heap, a, b); break;
    case Arithmetic::shift_right: result = integer_shift_right(heap, a, b); break;
  }
  // Large results cost time in proportion.
  if (result.is_bignum()) m.context.bump(static_cast<int64_t>(result.size() / 16));
  return result;
}

void raise_arithmetic(Machine& m, Arithmetic operation, Term a, Term b) {
  const ArithmeticName& name = name_of(operation);
  Term shown[] = {a, b};
  m.context.badarith();
  bool may_be_too_large = operation == Arithmetic::shift_left || operation == Arithmetic::shift_right || operation == Arithmetic::multiply;
  if (may_be_too_large && a.is_integer() && b.is_integer()) m.context.system_limit();
  complete_native_exception(m, erlang_atom(), name.name, {shown, name.operands});
}

// -- exceptions

Term capture_trace(Machine& m, const Word* pc, Term native_mfa, Term first_arguments) {
  Term elements[3 + trace_depth] = {trace_tag(), native_mfa, first_arguments};
  size_t count = 3;
  each_frame(*m.process, m.sp, pc, [&](const Word* at) {
    elements[count++] = Term::raw(reinterpret_cast<Word>(at));
    return count < 3 + trace_depth;
  });
  return phial::make_tuple(m.process->heap, std::span<const Term>(elements, count));
}

Term trace_to_list(TermHeap& heap, Term trace) {
  static const Term error_info = intern_atom("error_info");
  if (!trace.is_tuple() || trace.arity() < 3 || trace.element(0) != trace_tag()) return trace;
  std::vector<Term> entries;
  entries.reserve(trace.arity());
  FileCharlists files;
  if (Term native = trace.element(1); native.is_tuple()) entries.push_back(native);
  Term arguments = trace.element(2), info = Term::none();
  if (arguments.is_tuple(2)) {  // {arguments, error_info} of :erlang.error/3
    info = arguments.element(1);
    arguments = arguments.element(0);
  }
  for (size_t i = 3; i < trace.arity(); i++) {
    Term entry = location_entry(heap, reinterpret_cast<const Word*>(trace.element(i).word), i == 3 ? arguments : atoms::nil, files);
    if (entry.is_none()) continue;
    if (i == 3 && !info.is_none()) {
      Term location = make_cons(heap, phial::make_tuple(heap, {error_info, info}), entry.element(3));
      entry = phial::make_tuple(heap, {entry.element(0), entry.element(1), entry.element(2), location});
    }
    entries.push_back(entry);
  }
  return make_list(heap, entries);
}

void raise_here(Machine& m, Term exception_class, Term reason) {
  m.context.raise(exception_class, reason);
  m.context.exception_trace = capture_trace(m, m.pc, atoms::nil, atoms::nil);
}

void complete_native_exception(Machine& m, Term module, Term name, std::span<const Term> arguments) {
  Context& c = m.context;
  if (c.exception_trace.is_none()) {
    c.exception_trace = capture_trace(m, m.pc, atoms::nil, c.caller_arguments);
  } else if (c.exception_trace.is_nil()) {
    TermHeap& heap = m.process->heap;
    Term mfa = make_tuple(heap, {module, name, make_list(heap, arguments), Term::nil()});
    c.exception_trace = capture_trace(m, m.pc, mfa, atoms::nil);
  }
}

void raise_function_clause(Machine& m, unsigned arity) {
  Term arguments = make_list(m.process->heap, {m.x, arity});
  m.context.raise(atoms::error, atoms::function_clause);
  m.context.exception_trace = capture_trace(m, m.pc, atoms::nil, arguments);
}

void raise_undefined(Machine& m, Term module, Term name, unsigned arity) {
  TermHeap& heap = m.process->heap;
  Term mfa = make_tuple(heap, {module, name, make_list(heap, {m.x, arity}), Term::nil()});
  m.context.raise(atoms::error, atoms::undef);
  m.context.exception_trace = capture_trace(m, m.pc, mfa, atoms::nil);
}

void raise_bad_function(Machine& m, Term fun, unsigned arity) {
  TermHeap& heap = m.process->heap;
  if (fun.is_function() && Header::extra(fun.header()) != arity) {
    Term called = make_tuple(heap, {fun, make_list(heap, {m.x, arity})});
    raise_here(m, atoms::error, make_tuple(heap, {atoms::badarity, called}));
  } else {
    raise_here(m, atoms::error, make_tuple(heap, {atoms::badfun, fun}));
  }
}

const Word* unwind(Machine& m) {
  Context& c = m.context;
  m.begin_building_at_call();
  if (c.exception_trace.is_none() || (c.exception_trace.is_nil() && m.pc)) c.exception_trace = capture_trace(m, m.pc, atoms::nil, atoms::nil);
  Term* sp = m.sp;
  const Word* handler = nullptr;
  const Word* pc = m.pc;
  if (Module* module = pc ? module_at(pc) : nullptr) {
    FramePoint frame = module->frame_at(pc);
    if (frame.handled()) handler = module->handler_at(pc);
    else sp += frame.words();
  }
  while (!handler) {
    auto resume = reinterpret_cast<const Word*>(sp[1].word);
    if (resume == m.vm->underflow_code) {
      m.end_building();
      m.x[0] = c.exception_class_;
      m.x[1] = c.exception_reason;
      m.x[2] = c.exception_trace;
      m.sp = sp;
      if (!thaw_stack(m, 3)) return nullptr;
      c.exception_class_ = m.x[0];
      c.exception_reason = m.x[1];
      c.exception_trace = m.x[2];
      m.begin_building_at_call();
      sp = m.sp;
      continue;
    }
    Module* module = module_at(resume);
    if (!module) break;
    FramePoint frame = module->frame_at(resume - 1);
    if (frame.handled()) handler = module->handler_at(resume - 1);
    else sp += frame.words();
  }
  ProcessHeap& heap = m.process->heap;
  if (handler) {
    m.end_building();
    m.sp = sp;
    m.x[0] = c.exception_class_;
    m.x[1] = c.exception_reason;
    m.x[2] = c.exception_trace;
    // The receive that the exception left, if any, is over.
    m.process->settle_direct();
    m.process->save = &m.process->mailbox;
    return handler;
  }
  m.exit_is_crash = c.exception_class_ != atoms::exit_;
  Term list = m.exit_is_crash ? trace_to_list(heap, c.exception_trace) : Term::nil();
  Term reason = c.exception_reason;
  if (c.exception_class_ == atoms::throw_) reason = make_tuple(heap, {atoms::nocatch, reason});
  m.exit_reason = m.exit_is_crash ? make_tuple(heap, {reason, list}) : reason;
  m.end_building();
  if (m.exit_is_crash) m.vm->report_crash(m.process, reason, list);
  return nullptr;
}

// -- memory and slices

/// A part of the marking of a large heap, between reductions. It counts as work of the process, so that others get their turn.
static void advance_cycle(Machine& m) {
  constexpr int64_t part_ns = 300000, reductions = 3000;
  m.vm->timed_stop(m.process->heap, [&] { m.process->heap.work_for(part_ns, !m.vm->config.deterministic); });
  m.slice_left -= reductions;
}

/// Collects, seen by those who trace it or monitor the system.
template <class Collect>
static void collect_seen(Process& process, Collect&& collect) {
  if (process.vm->watch.wants_collections() || process.trace_flags.load(std::memory_order_relaxed) & trace_garbage_collection) [[unlikely]]
    process.vm->watch.collect_watched(process, collect);
  else
    collect();
}

/// Whether a process that is large itself goes on growing when the machine (or what the program may have of it) is nearly used up. The rest is for others: it ends
/// while there still is a rest.
static bool grows_into_the_rest(const Process& process, size_t heap_words) {
  constexpr size_t large = size_t{256} << 20;
  constexpr uint32_t looked_every = 8;  // collections of a large heap take a millisecond, looking 30 us
  if (heap_words * sizeof(Word) + process.heap.binary_bytes() < large) return false;
  static std::atomic<uint32_t> turn{0};
  if (turn.fetch_add(1, std::memory_order_relaxed) % looked_every) return false;
  return available_memory() < std::clamp(machine_memory() / 64, size_t{64} << 20, size_t{512} << 20);
}

bool collect_garbage(Machine& m, size_t need, unsigned live) {
  Process& process = *m.process;
  process.heap.saved_sp = m.sp;
  process.heap.saved_hp = m.hp;
  RootSet roots;
  roots.add(m.x, live);
  process.add_roots(roots);
  size_t before = process.heap.total_words();
  // A need that there is no memory for is not tried.
  // A large heap's collection copies the young alone: the work does not depend on what is old.
  size_t copied = process.heap.old_space() ? process.heap.block_words() : before;
  bool has = machine_has((copied + need) * sizeof(Word));  // the copy may be as large
  bool too_much = need > 4096 && !fits(process.tree, (need + 64) * sizeof(Word));
  if (!has || grows_into_the_rest(process, before) || (too_much && !others_make_room(*m.vm, process, (need + 64) * sizeof(Word)))) [[unlikely]] {
    m.exit_reason = process.tree ? budget_reason(BudgetKind::memory) : atoms::system_limit;
    m.exit_is_crash = false;
    return false;
  }
  collect_seen(process, [&] { m.vm->timed_stop(process.heap, [&] { process.heap.collect(need, roots); }); });
  m.sp = process.heap.saved_sp;
  m.hp = process.heap.saved_hp;
  m.context.bump(static_cast<int64_t>(copied / 64));
  // A process whose slices all end in a receive gets nowhere else: without this its old space grows for good.
  if (process.heap.cycle_active() && process.heap.old_space()->debt > 0) advance_cycle(m);
  Vm& vm = *m.vm;
  vm.collections.fetch_add(1, std::memory_order_relaxed);
  size_t used = static_cast<size_t>(m.hp - process.heap.block);
  if (used < before) vm.reclaimed_words.fetch_add(before - used, std::memory_order_relaxed);
  vm.account(process);
  RareParts* rare = process.rare_parts;
  if (rare && rare->max_heap_words) [[unlikely]] {
    size_t words = process.heap.total_words();
    if (process.heap.block_words() == roomy_words) words -= static_cast<size_t>(reinterpret_cast<Word*>(m.sp) - m.hp);  // it was not asked for
    if (rare->max_heap_binaries) words += process.heap.binary_bytes() / sizeof(Word);
    if (words > rare->max_heap_words) {
      if (rare->max_heap_log)
        m.vm->write_output(2, "Process " + print_term(process.pid) + " is over its max_heap_size of " +
                                  std::to_string(rare->max_heap_words) + " words: it holds " + std::to_string(words) + "\n");
      if (rare->max_heap_kill) {
        m.exit_reason = atoms::killed;
        m.exit_is_crash = false;
        return false;
      }
      rare->max_heap_words = 0;
    }
  }
  if (process.tree) [[unlikely]] {
    if (!within_budget(vm, process, m.exit_reason)) {
      m.exit_is_crash = false;
      return false;
    }
  }
  return true;
}

void note_exit(Machine& m, const Word* pc, Function& function, Word raw) {
  if (raw) {
    m.begin_building();
    for (; raw; raw &= raw - 1) {
      Term& x = m.x[std::countr_zero(raw)];
      x = make_float(m.process->heap, std::bit_cast<double>(x.word));
    }
    m.end_building();
  }
  size_t word = 1;
  for (const char* f = opcode_info[static_cast<size_t>(loaded_opcode(*pc))].format; *f && *f != 'L'; f++)
    word += *f != 'd' && *f != 'r' && *f != 'n';
  auto at = reinterpret_cast<std::atomic<Word>*>(const_cast<Word*>(pc + word));
  Word seen = at->load(std::memory_order_relaxed) >> 32;
  // Where the interpreter had told of floats, it is not floats alone; elsewhere the interpreter, which goes on here, notes what comes.
  bool speaks_for_itself = !(seen & feedback_float);
  switch (loaded_opcode(*pc)) {
    case Opcode::is_integer: case Opcode::is_float: case Opcode::get_map_value: case Opcode::bs_start: case Opcode::bs_get_integer:
    case Opcode::bs_match_literal: speaks_for_itself = false; break;
    default: break;
  }
  if (!speaks_for_itself) at->fetch_or(Word{feedback_other} << 32, std::memory_order_relaxed);
  if (function.exits.fetch_add(1, std::memory_order_relaxed) + 1 == Function::exits_to_recompile && m.vm->config.hot_function)
    m.vm->config.hot_function(*m.vm, function);
}

void save_process(Machine& m, const Word* pc, unsigned live) {
  Process& process = *m.process;
  if (live && static_cast<size_t>(reinterpret_cast<Word*>(m.sp) - m.hp) < live) collect_garbage(m, live, live);
  Term* sp = m.sp - live;
  for (unsigned i = 0; i < live; i++) sp[i] = m.x[i];
  process.heap.saved_sp = sp;
  process.heap.saved_hp = m.hp;
  process.live = static_cast<uint16_t>(live);
  process.pc = pc;
}

void collect_now(Machine& m, Term* value) {
  Process& process = *m.process;
  process.heap.saved_sp = m.sp;
  process.heap.saved_hp = m.hp;
  RootSet roots;
  roots.add(value, 1);
  if (value->is_none()) roots.add(m.x, m.context.argument_count);  // it is called again
  process.add_roots(roots);
  collect_seen(process, [&] {
    m.vm->timed_stop(process.heap, [&] { process.heap.collect(0, roots, m.collect_when_done == Machine::Collect::major); });
  });
  m.vm->account(process);
  m.collect_when_done = Machine::Collect::none;
  m.sp = process.heap.saved_sp;
  m.hp = process.heap.saved_hp;
}

void hibernate_process(Machine& m, Export* target, unsigned count) {
  Process& process = *m.process;
  // Only the bottom frame stays.
  process.heap.drop_segments();
  m.sp = reinterpret_cast<Term*>(process.heap.block_end) - frame_header_words;
  m.sp[0] = Term::raw(reinterpret_cast<Word>(m.vm->process_exit_entry));
  m.sp[1] = Term::raw(reinterpret_cast<Word>(m.vm->exit_code));
  process.cancel_receive_timer();
  process.saved_export = target;
  save_process(m, m.vm->call_export_code, count);
  // The scheduler collects, in parts if the heap is large, and lets the process sleep then.
  process.collection = Process::Collection::hibernation;
  process.collection_stage = Process::CollectionStage::begin;
  m.result = Machine::Result::yielded;
}

namespace {

void sample(Machine& m, const Word* pc) {
  const Function* top = nullptr;
  auto count = [&](const Word* at) {
    Module* module = module_at(at);
    Function* f = module ? module->function_at(at) : nullptr;
    if (!f) return;
    uint32_t before = f->samples.load(std::memory_order_relaxed), samples = before + 1;
    // Time is looked at while it may decide, which is not for long.
    if (before >= m.vm->hot_samples && before < worth_starting_samples && m.vm->config.hot_function && !m.vm->config.deterministic) {
      if (top) return;  // the caller has its own turns on top
      samples = before + samples_of_time();
      if (samples == before) return;
    }
    if (!top) top = f;
    f->samples.store(samples, std::memory_order_relaxed);
    bool hot = samples == m.vm->hot_samples || samples / worth_optimizing_samples != before / worth_optimizing_samples;
    if (hot && m.vm->config.hot_function) m.vm->config.hot_function(*m.vm, *f);
  };
  count(pc);
  // The caller, too: a small callee is best compiled together with it.
  if (auto caller = reinterpret_cast<const Word*>(m.sp[1].word)) count(caller - 1);
}

}  // namespace

/// Puts the deep part of a large stack aside. `pc` is where the function on top stands, so that the frames can be told.
static void cut_stack(Machine& m, const Word* pc) {
  Process& process = *m.process;
  auto end = reinterpret_cast<Term*>(process.heap.block_end);
  Term* at = m.sp;
  if (Module* module = module_at(pc)) at += module->frame_at(pc).words();
  auto kept = static_cast<ptrdiff_t>(stack_kept());
  while (at < end && at - m.sp < kept) {
    auto resume = reinterpret_cast<const Word*>(at[1].word);
    Module* module = module_at(resume);
    if (!module) return;  // the bottom: one huge frame
    at += module->frame_at(resume - 1).words();
  }
  if (end - at <= 2 * static_cast<ptrdiff_t>(frame_header_words)) return;
  Vm& vm = *m.vm;
  m.sp = process.heap.freeze_stack(m.sp, at, reinterpret_cast<Word>(vm.underflow_entry), reinterpret_cast<Word>(vm.underflow_code));
  vm.account(process);
}

bool thaw_stack(Machine& m, unsigned live) {
  ProcessHeap& heap = m.process->heap;
  size_t need = heap.thaw_words() + 64;
  if (static_cast<size_t>(reinterpret_cast<Word*>(m.sp) - m.hp) < need && !collect_garbage(m, need, live)) return false;
  m.sp = heap.thaw_stack();
  return true;
}

bool safepoint(Machine& m, const Word* pc, unsigned live) {
  if (static_cast<size_t>(m.process->heap.block_end - reinterpret_cast<Word*>(m.sp)) > stack_limit()) [[unlikely]] cut_stack(m, pc);
  if (m.process->heap.wants_collection()) {
    if (!collect_garbage(m, 0, live)) {
      // The process ends at its next turn, when nothing of it is in registers.
      save_process(m, pc, 0);
      m.process->exit_pending = true;
      m.process->exit_reason = m.exit_reason;
      m.result = Machine::Result::yielded;
      return false;
    }
  } else {
    sample(m, pc);
    if (m.vm->watch.samples()) [[unlikely]] m.vm->watch.sample(m, pc);
    if (m.process->heap.cycle_active() && (m.slice_left <= 0 || m.process->heap.old_space()->debt > 0)) advance_cycle(m);
  }
  if (m.context.reductions < 0) {
    m.slice_left += m.context.reductions;
    m.context.reductions = 0;
  }
  if (m.slice_left > 0) {
    int64_t part = std::min(m.slice_left, m.vm->sample_reductions.load(std::memory_order_relaxed));
    m.slice_left -= part;
    m.context.reductions = part;
    return true;
  }
  save_process(m, pc, live);
  m.result = Machine::Result::yielded;
  return false;
}

// -- calls

bool resolve_undefined(Machine& m, Export& e, Export** handler) {
  Vm& vm = *m.vm;
  constexpr int64_t search_reductions = 500;  // for the module, each time anew
  m.slice_left -= search_reductions;
  *handler = nullptr;
  if (!vm.code.find_module(e.module) && vm.ensure_loaded(e.module)) {
    if (e.function.load(std::memory_order_acquire) || e.native.load(std::memory_order_acquire)) return true;
  } else if (e.function.load(std::memory_order_acquire) || e.native.load(std::memory_order_acquire)) {
    return true;  // another thread loaded it meanwhile
  }
  if (e.name == atoms::module_info && e.arity <= 1 && (vm.code.find_module(e.module) || vm.code.has_natives(e.module))) {
    static const Term get_module_info = intern_atom("get_module_info");
    if (e.arity == 1) m.x[1] = m.x[0];
    m.x[0] = e.module;
    *handler = vm.code.export_for(erlang_atom(), get_module_info, static_cast<uint8_t>(1 + e.arity));
    if ((*handler)->native.load(std::memory_order_acquire)) return false;
  }
  static const Term handler_module = intern_atom("error_handler");
  static const Term handler_name = intern_atom("undefined_function");
  RareParts* rare = m.process->rare_parts;
  Term module = rare && rare->error_handler != atoms::nil ? rare->error_handler : handler_module;
  if (e.module != module && vm.ensure_loaded(module)) {
    Export* called = vm.code.export_for(module, handler_name, 3);
    if (called->function.load(std::memory_order_acquire)) {
      m.begin_building_at_call();
      Term arguments = make_list(m.process->heap, {m.x, e.arity});
      m.end_building();
      m.x[0] = e.module;
      m.x[1] = e.name;
      m.x[2] = arguments;
      *handler = called;
      return false;
    }
  }
  m.begin_building_at_call();
  raise_undefined(m, e.module, e.name, e.arity);
  m.end_building();
  return false;
}

Term run_blocking_native(Machine& m, Export& e, NativeFunction native) {
  RareParts& rare = m.process->rare();
  if (rare.reply) {
    Signal* reply = rare.reply;
    rare.reply = nullptr;
    rare.expected_reply = 0;
    Term answer = reply->value;
    if (reply->used)
      m.process->heap.attach(reply, reply->off_heap);
    else
      free_signal(reply);
    // {:value, term} or {class, reason}
    if (answer.element(0) == atoms::ok) return answer.element(1);
    return m.context.raise(answer.element(0), answer.element(1));
  }
  if (!rare.expected_reply) {
    Term reference = m.vm->make_reference();
    rare.expected_reply = reference.word;
    if (e.native_flags & native_host) {
      std::vector<Term> arguments{Term::raw(reinterpret_cast<Word>(e.data.load(std::memory_order_acquire))), m.process->pid};
      arguments.insert(arguments.end(), m.x, m.x + e.arity);
      m.vm->scheduling->run_blocking(native, arguments, m.process->pid, reference.word);
    } else {
      m.vm->scheduling->run_blocking(native, {m.x, e.arity}, m.process->pid, reference.word);
    }
  }
  m.context.argument_count = e.arity;
  m.context.outcome = Context::Outcome::wait;
  return Term::none();
}

// -- maps

Term runtime_new_map(Machine& m, const Word* pairs, unsigned count) {
  std::vector<Term> values(2 * count);
  for (unsigned i = 0; i < 2 * count; i++) values[i] = operand_value(m, m.sp, pairs[i]);
  return make_map(m.process->heap, values);
}

namespace {

/// Values of keys that a flat map has already: one copy of it. none(): a key is not there, or must be compared as a value.
Term replace_in_flat_map(Machine& m, Term map, const Word* pairs, unsigned count) {
  Term keys = map.payload()[0];
  size_t size = map.size();
  uint8_t places[max_flat_map_size];
  if (count > max_flat_map_size) return Term::none();
  for (unsigned i = 0; i < count; i++) {
    Term key = operand_value(m, m.sp, pairs[2 * i]);
    size_t k = 0;
    while (k + 1 < size && keys.element(k) != key) k++;
    if (k + 1 == size) return Term::none();
    places[i] = static_cast<uint8_t>(k);
  }
  Word* copy = m.process->heap.allocate(1 + size);
  std::memcpy(copy, map.object(), (1 + size) * sizeof(Word));
  for (unsigned i = 0; i < count; i++) copy[2 + places[i]] = operand_value(m, m.sp, pairs[2 * i + 1]).word;
  return Term::boxed(copy);
}

}  // namespace

Term runtime_put_map(Machine& m, Term map, const Word* pairs, unsigned count, bool update, Term* bad) {
  if (map.kind() == Kind::flat_map)
    if (Term result = replace_in_flat_map(m, map, pairs, count); !result.is_none()) return result;
  for (unsigned i = 0; i < count; i++) {
    Term key = operand_value(m, m.sp, pairs[2 * i]), value = operand_value(m, m.sp, pairs[2 * i + 1]);
    map = update ? map_replace(m.process->heap, map, key, value) : map_put(m.process->heap, map, key, value);
    if (map.is_none()) {
      *bad = key;
      return map;
    }
  }
  return map;
}

bool map_value_cached(Term map, Term key, Word* cache, Term* value) {
  if (!map.is_map()) return false;
  if (map.kind() != Kind::flat_map) {
    *value = map_get(map, key);
    return !value->is_none();
  }
  Term keys = map.payload()[0];
  size_t count = map.size() - 1;
  if (!key.is_pointer()) {
    for (size_t i = 0; i < count; i++) {
      if (keys.element(i) != key) continue;
      *value = map.payload()[1 + i];
      // Only shapes that never move or go away may stand in a cache.
      if (is_shared_literal(keys)) reinterpret_cast<std::atomic<Word>*>(cache)->store(keys.word | Word{1 + i} << 48, std::memory_order_relaxed);
      return true;
    }
    return false;
  }
  *value = map_get(map, key);
  return !value->is_none();
}

// -- messages

ReceiveStep receive_next(Machine& m, Term* message) {
  Process& process = *m.process;
  for (;;) {
    if (!process.direct.is_none()) {
      *message = process.direct;
      return ReceiveStep::message;
    }
    if (Signal* next = *process.save) {
      // The first message that a receive looks at is most often the one it takes. Small ones are copied to the heap before they are looked at, so that their
      // own memory is free at once and warm for the next message, and no collection has to look for it (a third of the time of the ring benchmark).
      constexpr uint32_t most_copied_words = 32;
      constexpr size_t spare_words = 8, wanted_words = 64;
      process.message_is_copied = next->used && next->used <= most_copied_words && !next->off_heap &&
                                  (process.save == &process.mailbox || process.save == process.mark);
      // No room: it is made here, so that there is some for those that follow, too.
      if (process.message_is_copied && reinterpret_cast<Word*>(m.sp) - m.hp < static_cast<ptrdiff_t>(next->used + spare_words)) {
        if (!collect_garbage(m, next->used + wanted_words, 0)) return ReceiveStep::process_ends;
      }
      *message = process.message_is_copied ? copy_fragment(*next, next->value, m.hp) : next->value;
      return ReceiveStep::message;
    }
    process.heap.saved_sp = m.sp;
    process.heap.saved_hp = m.hp;
    process.live = 0;
    process.pc = m.pc;
    bool came = process.inbox.load(std::memory_order_relaxed) && process.handle_signals();
    m.sp = process.heap.saved_sp;
    m.hp = process.heap.saved_hp;
    if (process.exit_pending) {
      m.exit_reason = process.exit_reason;
      m.exit_is_crash = false;
      return ReceiveStep::process_ends;
    }
    if (!came || process.suspended) return ReceiveStep::none;
  }
}

bool receive_timeout_over(Machine& m, Term milliseconds, bool* bad) {
  Process& process = *m.process;
  if (milliseconds == atoms::infinity) return false;
  if (!milliseconds.is_small() || milliseconds.small_value() < 0 || milliseconds.small_value() > 0xffffffffll) {
    *bad = true;
    return false;
  }
  if (process.receive_timed_out || milliseconds.small_value() == 0) return true;
  RareParts& rare = process.rare();
  if (!rare.receive_timer_running) {
    // Never early: one more, because the present millisecond has begun already; and long limits need not be exact.
    constexpr int64_t long_limit = 1000;
    const Scheduling& scheduling = *m.vm->scheduling;
    int64_t limit = milliseconds.small_value();
    int64_t now = limit < long_limit ? scheduling.now() : scheduling.now_coarse() + Scheduling::coarse_ns;
    rare.receive_deadline = now / 1000000 + limit + 1;
    rare.receive_timer_running = true;
    process.arm_receive_timer();
  }
  return false;
}

Term receive_mark(Machine& m) {
  Process& process = *m.process;
  process.mark = process.mailbox_tail;
  return Term::small(++process.mark_number);
}

void receive_use_mark(Machine& m, Term mark) {
  Process& process = *m.process;
  if (process.mark && mark.is_small() && static_cast<uint32_t>(mark.small_value()) == process.mark_number) process.save = process.mark;
}

}  // namespace phial
