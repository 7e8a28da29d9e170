// :erlang's functions that make, end, inspect and tune processes.
#include "vm/native/budget_natives.hpp"
#include "vm/process/process_info.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/compare.hpp"
#include "vm/native/native.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

using namespace native;

Term atom(const char* text) { return intern_atom(text); }

// -- spawning

bool read_priority(Term term, Priority* out) {
  constexpr const char* names[] = {"max", "high", "normal", "low"};
  for (size_t i = 0; i < 4; i++)
    if (term == atom(names[i])) {
      *out = static_cast<Priority>(i);
      return true;
    }
  return false;
}

Term priority_name(Priority priority) {
  constexpr const char* names[] = {"max", "high", "normal", "low"};
  return atom(names[static_cast<size_t>(priority)]);
}

struct HeapLimit { size_t words = 0; bool kill = true, log = true, binaries = false; };

/// max_heap_size: a number of words, or a map with size, kill, error_logger, include_shared_binaries.
bool read_heap_limit(Term term, HeapLimit* out) {
  if (term.is_small() && term.small_value() >= 0) {
    out->words = static_cast<size_t>(term.small_value());
    return true;
  }
  if (!term.is_map()) return false;
  auto read_flag = [&](const char* key, bool* flag) {
    Term value = map_get(term, atom(key));
    if (!value.is_none()) *flag = value == atoms::true_;
  };
  Term size = map_get(term, atom("size"));
  if (size.is_none() || !size.is_small() || size.small_value() < 0) return false;
  out->words = static_cast<size_t>(size.small_value());
  read_flag("kill", &out->kill);
  read_flag("error_logger", &out->log);
  read_flag("include_shared_binaries", &out->binaries);
  return true;
}

bool read_alias_mode(Term term, AliasMode* out) {
  if (term == atom("explicit_unalias")) *out = AliasMode::explicit_unalias;
  else if (term == atom("demonitor")) *out = AliasMode::demonitor;
  else if (term == atom("reply_demonitor")) *out = AliasMode::reply_demonitor;
  else return false;
  return true;
}

/// Keeps a monitor's tag that is no immediate in the process, so that it is a root.
Term keep_tag(Context& c, Term reference, Term tag) {
  if (!tag.is_pointer()) return tag;
  RareParts& rare = c.process()->rare();
  rare.monitor_tags_keep = make_cons(c.heap(), make_tuple(c.heap(), {reference, tag}), rare.monitor_tags_keep);
  return Term::none();
}

bool read_spawn_options(Context& c, Term list, Vm::SpawnOptions* o) {
  Term monitor_tag = atoms::DOWN;
  for (; list.is_cons(); list = list.tail()) {
    Term item = list.head();
    if (item == atom("link")) {
      o->link = true;
    } else if (item == atom("monitor")) {
      o->monitor = true;
    } else if (item.is_tuple(2)) {
      Term key = item.element(0), value = item.element(1);
      if (key == atom("monitor")) {
        o->monitor = true;
        for (Term option : ListRange(value)) {
          if (!option.is_tuple(2)) return false;
          if (option.element(0) == atom("tag")) monitor_tag = option.element(1);
          if (option.element(0) == atom("alias") && !read_alias_mode(option.element(1), &o->alias)) return false;
        }
      } else if (key == atom("priority")) {
        if (!read_priority(value, &o->priority)) return false;
      } else if (key == atom("tree")) {
        // Only a tree inside of the own one, or it would be a way out.
        o->tree = tree_of(value);
        if (!o->tree || o->tree->outer() != c.tree()) return false;
      } else if (key == atom("min_heap_size")) {
        if (!value.is_small() || value.small_value() < 0) return false;
        o->min_heap_words = static_cast<uint32_t>(value.small_value());
      } else if (key == atom("fullsweep_after")) {
        if (!value.is_small() || value.small_value() < 0) return false;
        o->fullsweep_after = static_cast<uint32_t>(std::min<int64_t>(value.small_value(), 65535));
      } else if (key == atom("max_heap_size")) {
        HeapLimit limit;
        if (!read_heap_limit(value, &limit)) return false;
        o->max_heap_set = true;
        o->max_heap_words = limit.words;
        o->max_heap_kill = limit.kill;
        o->max_heap_log = limit.log;
        o->max_heap_binaries = limit.binaries;
      } else if (key == atom("message_queue_data")) {
        o->off_heap_messages = value == atom("off_heap");
      } else if (key != atom("min_bin_vheap_size") && key != atom("async_dist") && key != atom("scheduler")) {
        return false;
      }
    } else {
      return false;
    }
  }
  if (o->monitor) {
    o->monitor_reference = c.vm().make_reference();
    o->monitor_tag = keep_tag(c, o->monitor_reference, monitor_tag);
  }
  return list.is_nil();
}

Term finish_spawn(Context& c, Process* process, const Vm::SpawnOptions& options) {
  if (!process) return c.system_limit();
  Term pid = process->pid;
  c.vm().scheduling->enqueue(process);
  c.bump(100);
  return options.monitor ? make_tuple(c.heap(), {pid, options.monitor_reference}) : pid;
}

Term spawn_fun_with(Context& c, Term fun, Vm::SpawnOptions& options) {
  if (!fun.is_function() || Header::extra(fun.header()) != 0) return c.badarg();
  return finish_spawn(c, c.vm().spawn_fun(c.process(), fun, {}, options), options);
}

Term spawn_mfa_with(Context& c, Term module, Term name, Term list, Vm::SpawnOptions& options) {
  ptrdiff_t arity = list_length(list);
  if (!module.is_atom() || !name.is_atom() || arity < 0 || arity > 255) return c.badarg();
  Term arguments[255];
  size_t n = 0;
  for (Term item : ListRange(list)) arguments[n++] = item;
  Export* e = c.vm().code.export_for(module, name, static_cast<uint8_t>(n));
  return finish_spawn(c, c.vm().spawn(c.process(), e, {arguments, n}, options), options);
}

template <bool link, bool monitor>
Vm::SpawnOptions plain_options(Context& c) {
  Vm::SpawnOptions options;
  options.link = link;
  options.monitor = monitor;
  if (monitor) options.monitor_reference = c.vm().make_reference();
  return options;
}
template <bool link, bool monitor>
Term spawn_1(Context& c, const Term* a) {
  auto options = plain_options<link, monitor>(c);
  return spawn_fun_with(c, a[0], options);
}
template <bool link, bool monitor>
Term spawn_3(Context& c, const Term* a) {
  auto options = plain_options<link, monitor>(c);
  return spawn_mfa_with(c, a[0], a[1], a[2], options);
}
bool is_this_node(Term node) { return node == atom("nonode@nohost"); }
template <bool link, bool monitor>
Term spawn_2(Context& c, const Term* a) {  // node, fun
  if (!is_this_node(a[0])) return c.badarg();
  return spawn_1<link, monitor>(c, a + 1);
}
template <bool link, bool monitor>
Term spawn_4(Context& c, const Term* a) {
  if (!is_this_node(a[0])) return c.badarg();
  return spawn_3<link, monitor>(c, a + 1);
}
Term spawn_opt_2(Context& c, const Term* a) {
  Vm::SpawnOptions options;
  if (!a[0].is_function() || !read_spawn_options(c, a[1], &options)) return c.badarg();
  return spawn_fun_with(c, a[0], options);
}
Term spawn_opt_3(Context& c, const Term* a) {
  if (!is_this_node(a[0])) return c.badarg();
  return spawn_opt_2(c, a + 1);
}
Term spawn_opt_4(Context& c, const Term* a) {
  Vm::SpawnOptions options;
  if (!read_spawn_options(c, a[3], &options)) return c.badarg();
  return spawn_mfa_with(c, a[0], a[1], a[2], options);
}
Term spawn_opt_5(Context& c, const Term* a) {
  if (!is_this_node(a[0])) return c.badarg();
  return spawn_opt_4(c, a + 1);
}

// -- ending

Term self(Context& c, const Term*) { return c.process()->pid; }
Term exit_1(Context& c, const Term* a) { return c.raise_for_caller(atoms::exit_, a[0]); }
Term throw_1(Context& c, const Term* a) { return c.raise_for_caller(atoms::throw_, a[0]); }
Term error_1(Context& c, const Term* a) { return c.raise_for_caller(atoms::error, a[0]); }
Term error_2(Context& c, const Term* a) {
  return c.raise_for_caller(atoms::error, a[0], list_length(a[1]) >= 0 ? a[1] : atoms::nil);
}
Term error_3(Context& c, const Term* a) {
  // Options: [{:error_info, map}] goes to the caller's entry of the trace, beside its line.
  Term arguments = list_length(a[1]) >= 0 ? a[1] : atoms::nil;
  Term info = option(a[2], atom("error_info"));
  if (!info.is_none() && info.is_map()) arguments = make_tuple(c.heap(), {arguments, info});
  return c.raise_for_caller(atoms::error, a[0], arguments);
}
Term raise_3(Context& c, const Term* a) {
  if (a[0] != atoms::error && a[0] != atoms::exit_ && a[0] != atoms::throw_) return c.badarg();
  Term trace = a[2];
  if (trace == Term::nil()) return c.raise_with_trace(a[0], a[1], make_tuple(c.heap(), {atom("$trace"), atoms::nil, atoms::nil}));
  if (!trace.is_cons() && !trace.is_tuple()) return c.badarg();
  return c.raise_with_trace(a[0], a[1], trace);
}
Term exit_2(Context& c, const Term* a) {
  Term target = a[0];
  if (!target.is_local_pid() && !target.is_local_port()) return c.badarg();
  Process* self_process = c.process();
  if (target == self_process->pid) {
    // To itself: at once, unless it traps exits.
    if (a[1] == atoms::kill) return c.exit_process(atoms::killed);
    if (!self_process->trap_exit) return c.exit_process(a[1]);
  }
  c.vm().send_signal(target, make_signal(SignalKind::exit, a[1], self_process->pid));
  return atoms::true_;
}
/// halt(status, options): what :erlang.halt (stdlib/erlang/erlang.ex) ends with.
Term halt(Context& c, const Term* a) {
  if (!a[0].is_small()) return c.badarg();
  auto status = static_cast<int>(a[0].small_value() & 0xff);
  bool flush = option(a[1], atom("flush")) != atoms::false_;
  restore_terminal();
  c.vm().halt(status, flush);
  return c.exit_process(atoms::killed);
}

// -- requests: a signal to another process, and its answer

/// Sends the request once and waits; none() while waiting. `arguments` are those of the native function.
Term request(Context& c, Term target, SignalKind kind, Term value, std::initializer_list<Term> arguments) {
  RareParts& rare = c.process()->rare();
  if (rare.reply) {
    Signal* reply = rare.reply;
    rare.reply = nullptr;
    rare.expected_reply = 0;
    Term answer = reply->value;
    if (reply->used)
      c.process()->heap.attach(reply, reply->off_heap);
    else
      free_signal(reply);
    return answer;
  }
  if (!rare.expected_reply) {
    Term reference = c.vm().make_reference();
    rare.expected_reply = reference.word;
    c.vm().send_signal(target, make_signal(kind, value, c.process()->pid, reference.word));
  }
  return c.wait(arguments);
}

Term process_info_of(Context& c, const Term* a, Term items, std::initializer_list<Term> arguments) {
  if (!a[0].is_local_pid()) return c.badarg();
  if (a[0] == c.process()->pid) {
    Process& process = *c.process();
    process.heap.saved_sp = c.machine->sp;
    process.heap.saved_hp = c.machine->hp;
    Term info = process_info(c.heap(), process, items, true);
    return info.is_none() ? c.badarg() : info;
  }
  return request(c, a[0], SignalKind::process_info, items, arguments);
}
Term process_info_1(Context& c, const Term* a) { return process_info_of(c, a, Term::nil(), {a[0]}); }
Term process_info_2(Context& c, const Term* a) {
  if (a[1].is_nil()) return Term::nil();
  static const Term known[] = {
      atom("current_function"), atom("current_location"), atom("current_stacktrace"), atom("initial_call"),
      atom("status"), atom("message_queue_len"), atom("messages"), atom("links"), atom("monitors"),
      atom("monitored_by"), atom("dictionary"), atom("trap_exit"), atom("error_handler"), atom("priority"),
      atom("group_leader"), atom("total_heap_size"), atom("heap_size"), atom("stack_size"),
      atom("reductions"), atom("memory"), atom("garbage_collection"), atom("garbage_collection_info"),
      atom("suspending"), atom("registered_name"), atom("parent"), atom("label"), atom("catchlevel"),
      atom("sequential_trace_token"), atom("last_calls"), atom("async_dist"), atom("trace"),
      atom("min_heap_size"), atom("fullsweep_after"), atom("message_queue_data"), atom("backtrace"),
      atom("binary"), atom("phial_stacktrace"), atom("budget")};
  static const Term dictionary = atom("dictionary");
  auto valid = [](Term item) {
    if (item.is_tuple(2) && item.element(0) == dictionary) return true;
    return std::find(std::begin(known), std::end(known), item) != std::end(known);
  };
  if (a[1].is_cons()) {
    for (Term item : ListRange(a[1]))
      if (!valid(item)) return c.badarg();
  } else if (!valid(a[1])) {
    return c.badarg();
  }
  return process_info_of(c, a, a[1], {a[0], a[1]});
}
Term processes(Context& c, const Term*) {
  std::vector<Term> pids;
  c.vm().processes.each([&](Process* process) {
    if (!process->is_host && process->state.load(std::memory_order_relaxed) < ProcessState::exiting) pids.push_back(process->pid);
  });
  std::sort(pids.begin(), pids.end(), [](Term a, Term b) { return a.word < b.word; });
  c.bump(static_cast<int64_t>(pids.size() / 8));
  return make_list(c.heap(), pids);
}
Term is_process_alive(Context& c, const Term* a) {
  if (!a[0].is_local_pid()) return c.badarg();
  Process* process = c.vm().processes.find(a[0]);
  if (process && process != c.process() && process->inbox.load(std::memory_order_relaxed) && !process->is_host) {
    // An exit signal that this process sent may stand in its inbox: its answer comes after that.
    Term answer = request(c, a[0], SignalKind::process_info, atom("priority"), {a[0]});
    return answer.is_none() ? answer : boolean(answer != atoms::undefined);
  }
  if (c.process()->rare_parts && (c.process()->rare_parts->expected_reply || c.process()->rare_parts->reply)) {
    Term answer = request(c, a[0], SignalKind::process_info, atom("priority"), {a[0]});
    return answer.is_none() ? answer : boolean(answer != atoms::undefined);
  }
  return boolean(process && process->state.load(std::memory_order_relaxed) < ProcessState::exiting);
}

Term suspend_process_1(Context& c, const Term* a) {
  if (!a[0].is_local_pid() || a[0] == c.process()->pid) return c.badarg();
  Term answer = request(c, a[0], SignalKind::suspend, Term::nil(), {a[0]});
  if (answer.is_none()) return answer;
  if (answer != atoms::true_) return c.badarg();
  c.process()->rare().suspending.insert(a[0].word, 0)++;
  return atoms::true_;
}
Term suspend_process_2(Context& c, const Term* a) {
  if (!a[0].is_local_pid() || a[0] == c.process()->pid) return c.badarg();
  Term answer = request(c, a[0], SignalKind::suspend, Term::nil(), {a[0], a[1]});
  if (answer.is_none()) return answer;
  if (answer != atoms::true_) return c.badarg();
  c.process()->rare().suspending.insert(a[0].word, 0)++;
  return atoms::true_;
}
Term resume_process(Context& c, const Term* a) {
  uint32_t* times = c.process()->rare().suspending.find(a[0].word);
  if (!times) return c.badarg();
  if (--*times == 0) c.process()->rare().suspending.remove(a[0].word);
  c.vm().send_signal(a[0], make_signal(SignalKind::resume, Term::nil(), c.process()->pid));
  return atoms::true_;
}

// -- collection

Term garbage_collect_of(Context& c, Term pid, bool major, std::initializer_list<Term> arguments) {
  if (!pid.is_local_pid()) return c.badarg();
  if (pid == c.process()->pid) {
    Process& self = *c.process();
    if (major && self.awaits_collection == Process::AwaitsCollection::done) {
      self.awaits_collection = Process::AwaitsCollection::no;
      return atoms::true_;
    }
    if (major && self.heap.old_space()) {  // by the scheduler, in parts; then this function is called again
      self.collection = Process::Collection::full;
      self.collection_stage = Process::CollectionStage::begin;
      self.awaits_collection = Process::AwaitsCollection::yes;
      c.machine->slice_left = 0;
      c.reductions = 0;
      return c.again(arguments);
    }
    // Nothing is collected while a native function runs; right after it.
    c.machine->collect_when_done = major ? Machine::Collect::major : Machine::Collect::minor;
    return atoms::true_;
  }
  Term answer = request(c, pid, SignalKind::garbage_collect, major ? atom("major") : atoms::low, arguments);
  return answer == atoms::undefined ? atoms::false_ : answer;
}
Term garbage_collect_0(Context& c, const Term*) { return garbage_collect_of(c, c.process()->pid, true, {}); }
Term garbage_collect_1(Context& c, const Term* a) { return garbage_collect_of(c, a[0], true, {a[0]}); }
Term garbage_collect_2(Context& c, const Term* a) {
  Term type = option(a[1], atom("type"));
  return garbage_collect_of(c, a[0], type != atom("minor"), {a[0], a[1]});
}
Term hibernate(Context& c, const Term* a) {
  ptrdiff_t arity = list_length(a[2]);
  if (!a[0].is_atom() || !a[1].is_atom() || arity < 0 || arity > 255) return c.badarg();
  std::vector<Term> arguments;
  for (Term item : ListRange(a[2])) arguments.push_back(item);
  c.hibernates = true;
  return c.tail_apply(a[0], a[1], arguments);
}

// -- flags

Term set_flag(Context& c, Process& process, Term flag, Term value) {
  RareParts* rare = process.rare_parts;
  if (flag == atom("trap_exit")) {
    if (value != atoms::true_ && value != atoms::false_) return c.badarg();
    Term before = boolean(process.trap_exit);
    process.trap_exit = value == atoms::true_;
    return before;
  }
  if (flag == atom("priority")) {
    Priority priority;
    if (!read_priority(value, &priority)) return c.badarg();
    return priority_name(process.priority.exchange(priority));
  }
  if (flag == atom("error_handler")) {
    if (!value.is_atom()) return c.badarg();
    Term before = rare && rare->error_handler != atoms::nil ? rare->error_handler : atom("error_handler");
    process.rare().error_handler = value;
    return before;
  }
  if (flag == atom("min_heap_size")) {
    if (!value.is_small() || value.small_value() < 0) return c.badarg();
    Term before = Term::small(process.heap.minimum_words);
    process.heap.minimum_words = static_cast<uint32_t>(value.small_value());
    return before;
  }
  if (flag == atom("min_bin_vheap_size")) return value.is_small() ? Term::small(32768) : c.badarg();
  if (flag == atom("fullsweep_after")) {
    if (!value.is_small() || value.small_value() < 0) return c.badarg();
    Term before = Term::small(process.heap.fullsweep_after);
    process.heap.fullsweep_after = static_cast<uint16_t>(std::min<int64_t>(value.small_value(), 65535));
    return before;
  }
  if (flag == atom("max_heap_size")) {
    HeapLimit limit;
    if (!read_heap_limit(value, &limit)) return c.badarg();
    RareParts& r = process.rare();
    Term pairs[] = {atom("size"), Term::small(static_cast<int64_t>(r.max_heap_words)), atoms::kill, boolean(r.max_heap_kill),
                    atom("error_logger"), boolean(r.max_heap_log), atom("include_shared_binaries"), boolean(r.max_heap_binaries)};
    Term before = make_map(c.heap(), pairs);
    r.max_heap_words = limit.words;
    r.max_heap_kill = limit.kill;
    r.max_heap_log = limit.log;
    r.max_heap_binaries = limit.binaries;
    return before;
  }
  if (flag == atom("message_queue_data")) {
    if (value != atom("on_heap") && value != atom("off_heap")) return c.badarg();
    RareParts& r = process.rare();
    Term before = atom(r.off_heap_messages ? "off_heap" : "on_heap");
    r.off_heap_messages = value == atom("off_heap");
    return before;
  }
  if (flag == atom("sensitive") || flag == atom("async_dist")) {
    if (value != atoms::true_ && value != atoms::false_) return c.badarg();
    RareParts& r = process.rare();
    bool& which = flag == atom("sensitive") ? r.sensitive : r.async_dist;
    Term before = boolean(which);
    which = value == atoms::true_;
    return before;
  }
  if (flag == atom("save_calls")) return value.is_small() ? Term::small(0) : c.badarg();
  if (flag == atom("monitor_nodes")) return atoms::false_;
  return c.badarg();
}
Term process_flag_2(Context& c, const Term* a) { return set_flag(c, *c.process(), a[0], a[1]); }
Term process_flag_3(Context& c, const Term* a) {
  if (a[0] != c.process()->pid || a[1] != atom("save_calls")) return c.badarg();
  return set_flag(c, *c.process(), a[1], a[2]);
}
Term set_label(Context& c, const Term* a) {
  c.process()->rare().label = a[0];
  return atoms::ok;
}
Term get_label(Context& c, const Term*) {
  RareParts* rare = c.process()->rare_parts;
  return rare && !rare->label.is_none() ? rare->label : atoms::undefined;
}
Term group_leader_0(Context& c, const Term*) { return c.process()->group_leader; }
Term group_leader_2(Context& c, const Term* a) {
  if (!a[0].is_local_pid() || !a[1].is_local_pid()) return c.badarg();
  if (a[1] == c.process()->pid) {
    c.process()->group_leader = a[0];
    return atoms::true_;
  }
  if (!c.vm().processes.find(a[1])) return c.badarg();
  c.vm().send_signal(a[1], make_signal(SignalKind::group_leader, a[0], c.process()->pid));
  return atoms::true_;
}

// -- dictionary

Term put_2(Context& c, const Term* a) {
  Term before = c.process()->rare().dictionary.put(a[0], a[1]);
  return before.is_none() ? atoms::undefined : before;
}
Term get_1(Context& c, const Term* a) {
  RareParts* rare = c.process()->rare_parts;
  Term value = rare ? rare->dictionary.get(a[0]) : Term::none();
  return value.is_none() ? atoms::undefined : value;
}
Term get_0(Context& c, const Term*) {
  std::vector<Term> pairs;
  if (RareParts* rare = c.process()->rare_parts)
    rare->dictionary.each([&](Term key, Term value) { pairs.push_back(make_tuple(c.heap(), {key, value})); });
  return make_list(c.heap(), pairs);
}
Term get_keys_0(Context& c, const Term*) {
  std::vector<Term> keys;
  if (RareParts* rare = c.process()->rare_parts) rare->dictionary.each([&](Term key, Term) { keys.push_back(key); });
  return make_list(c.heap(), keys);
}
Term get_keys_1(Context& c, const Term* a) {
  std::vector<Term> keys;
  if (RareParts* rare = c.process()->rare_parts)
    rare->dictionary.each([&](Term key, Term value) {
      if (equal_exactly(value, a[0])) keys.push_back(key);
    });
  return make_list(c.heap(), keys);
}
Term erase_1(Context& c, const Term* a) {
  RareParts* rare = c.process()->rare_parts;
  Term before = rare ? rare->dictionary.erase(a[0]) : Term::none();
  return before.is_none() ? atoms::undefined : before;
}
Term erase_0(Context& c, const Term* a) {
  Term all = get_0(c, a);
  if (RareParts* rare = c.process()->rare_parts) rare->dictionary.clear();
  return all;
}
Term yield(Context& c, const Term*) {
  c.machine->slice_left = 0;
  c.bump(c.reductions);
  return atoms::true_;
}
Term bump_reductions(Context& c, const Term* a) {
  if (!a[0].is_small() || a[0].small_value() < 1) return c.badarg();
  c.bump(std::min<int64_t>(a[0].small_value(), 1000000));
  return atoms::true_;
}

/// start_server(module): where a server of the whole VM is first needed within a tree, a process outside of all trees calls module.start_server(): else the server would end with
/// the tree. Its pid; false: the caller is in no tree and starts the server itself. Only for servers of the library, or it would be a way out.
Term start_server(Context& c, const Term* a) {
  if (!(a[0] == atom("application_controller")) && !(a[0] == atom("global"))) return c.badarg();
  ProcessTree* tree = c.tree();
  if (!tree || tree->is_vm()) return atoms::false_;
  Term pid = c.vm().spawn_from_host(a[0], atom("start_server"), {});
  return pid.is_nil() ? c.system_limit() : pid;
}

constexpr NativeEntry entries[] = {
    {"erlang", "self", 0, self, native_guard},
    {"erlang", "spawn", 1, spawn_1<false, false>}, {"erlang", "spawn", 2, spawn_2<false, false>},
    {"erlang", "spawn", 3, spawn_3<false, false>}, {"erlang", "spawn", 4, spawn_4<false, false>},
    {"erlang", "spawn_link", 1, spawn_1<true, false>}, {"erlang", "spawn_link", 2, spawn_2<true, false>},
    {"erlang", "spawn_link", 3, spawn_3<true, false>}, {"erlang", "spawn_link", 4, spawn_4<true, false>},
    {"erlang", "spawn_monitor", 1, spawn_1<false, true>}, {"erlang", "spawn_monitor", 2, spawn_2<false, true>},
    {"erlang", "spawn_monitor", 3, spawn_3<false, true>}, {"erlang", "spawn_monitor", 4, spawn_4<false, true>},
    {"erlang", "spawn_opt", 2, spawn_opt_2}, {"erlang", "spawn_opt", 3, spawn_opt_3}, {"erlang", "spawn_opt", 4, spawn_opt_4},
    {"erlang", "spawn_opt", 5, spawn_opt_5},
    {"erlang", "exit", 1, exit_1}, {"erlang", "exit", 2, exit_2}, {"erlang", "throw", 1, throw_1},
    {"erlang", "error", 1, error_1}, {"erlang", "error", 2, error_2}, {"erlang", "error", 3, error_3}, {"erlang", "raise", 3, raise_3},
    {"phial_system", "halt", 2, halt}, {"phial_system", "start_server", 1, start_server},
    {"erlang", "process_info", 1, process_info_1}, {"erlang", "process_info", 2, process_info_2}, {"erlang", "processes", 0, processes},
    {"erlang", "is_process_alive", 1, is_process_alive},
    {"erlang", "suspend_process", 1, suspend_process_1}, {"erlang", "suspend_process", 2, suspend_process_2},
    {"erlang", "resume_process", 1, resume_process},
    {"erlang", "garbage_collect", 0, garbage_collect_0}, {"erlang", "garbage_collect", 1, garbage_collect_1},
    {"erlang", "garbage_collect", 2, garbage_collect_2}, {"erlang", "hibernate", 3, hibernate},
    {"erlang", "process_flag", 2, process_flag_2}, {"erlang", "process_flag", 3, process_flag_3},
    {"proc_lib", "set_label", 1, set_label}, {"proc_lib", "get_label", 0, get_label},
    {"erlang", "group_leader", 0, group_leader_0}, {"erlang", "group_leader", 2, group_leader_2},
    {"erlang", "put", 2, put_2}, {"erlang", "get", 0, get_0}, {"erlang", "get", 1, get_1, native_small}, {"erlang", "get_keys", 0, get_keys_0},
    {"erlang", "get_keys", 1, get_keys_1}, {"erlang", "erase", 0, erase_0}, {"erlang", "erase", 1, erase_1},
    {"erlang", "yield", 0, yield}, {"erlang", "bump_reductions", 1, bump_reductions},
};

}  // namespace

extern const NativeTable process_natives;
constexpr NativeTable process_natives = native::table_of(entries);

}  // namespace phial
