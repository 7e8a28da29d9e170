#include "vm/process/process_info.hpp"

#include "vm/process/budget.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr const char* default_items[] = {
    "current_function", "initial_call", "status", "message_queue_len", "messages", "links", "dictionary", "trap_exit", "error_handler",
    "priority", "group_leader", "total_heap_size", "heap_size", "stack_size", "reductions", "garbage_collection", "suspending"};

Term mfa(TermHeap& heap, Term module, Term name, int64_t arity) { return make_tuple(heap, {module, name, Term::small(arity)}); }

/// Where a process that does not run stands: x registers lie above its frames.
const Term* frames_of(const Process& process, bool running) {
  return process.heap.saved_sp + (running ? 0 : process.live);
}

/// The position of its top frame: of one that runs, where it called the native function that asks.
const Word* position_of(const Process& process, bool running) {
  if (!running) return process.pc;
  return current_machine && current_machine->process == &process ? current_machine->pc : nullptr;
}

Function* function_of(const Word* pc) {
  Module* module = pc ? module_at(pc) : nullptr;
  return module && module->code ? module->function_at(pc) : nullptr;
}

Term current_function(TermHeap& heap, Process& process, bool running) {
  if (process.pc && process.pc == process.vm->call_export_code && process.saved_export)
    return mfa(heap, process.saved_export->module, process.saved_export->name, process.saved_export->arity);
  Term result = atoms::undefined;
  each_frame(process, frames_of(process, running), position_of(process, running), [&](const Word* pc) {
    if (Function* f = function_of(pc)) result = mfa(heap, f->module->name, f->name, f->arity);
    return false;
  });
  return result;
}

Term stack_trace(TermHeap& heap, Process& process, bool running, size_t most = 8) {
  FileCharlists files;
  std::vector<Term> entries;
  each_frame(process, frames_of(process, running), position_of(process, running), [&](const Word* pc) {
    Term entry = location_entry(heap, pc, atoms::nil, files);
    if (!entry.is_none()) entries.push_back(entry);
    return entries.size() < most;
  });
  return make_list(heap, entries);
}

Term status_of(Process& process, bool running) {
  if (running) return intern_atom("running");
  if (process.suspended) return intern_atom("suspended");
  if (process.exit_pending) return intern_atom("exiting");
  // The process was woken to answer; what it did before shows in where it goes on.
  Module* module = process.pc ? module_at(process.pc) : nullptr;
  if (process.waits_in_native || (module && loaded_opcode(instruction_at(*module, process.pc)) == Opcode::receive_next)) return intern_atom("waiting");
  return intern_atom("runnable");
}

Term garbage_collection(TermHeap& heap, Process& process) {
  RareParts* rare = process.rare_parts;
  Term limits[] = {intern_atom("size"), Term::small(static_cast<int64_t>(rare ? rare->max_heap_words : 0)), atoms::kill,
                   boolean(!rare || rare->max_heap_kill), intern_atom("error_logger"), boolean(!rare || rare->max_heap_log)};
  auto map = make_empty_map(heap);
  for (size_t i = 0; i < 6; i += 2) map = map_put(heap, map, limits[i], limits[i + 1]);
  auto item = [&](const char* name, Term value) { return make_tuple(heap, {intern_atom(name), value}); };
  return make_list(heap, {item("max_heap_size", map),
                          item("min_bin_vheap_size", Term::small(32768)),
                          item("min_heap_size", Term::small(process.heap.minimum_words)),
                          item("fullsweep_after", Term::small(process.heap.fullsweep_after)),
                          item("minor_gcs", Term::small(process.heap.minor_collections()))});
}

/// The name, or nil (the empty list): its own record, or one that another process made.
Term registered_name(Process& process) {
  if (process.rare_parts && !process.rare_parts->registered_name.is_none()) return process.rare_parts->registered_name;
  if (process.has_foreign_name.load(std::memory_order_relaxed))
    for (Term name : process.vm->registry.names())
      if (process.vm->registry.find(name) == process.pid) return name;
  return Term::nil();
}

Term info_value(TermHeap& heap, Process& process, Term item, bool running) {
  RareParts* rare = process.rare_parts;
  auto words = [](size_t n) { return Term::small(static_cast<int64_t>(n)); };
  std::string_view name = atom_text(item);
  if (name == "current_function") return current_function(heap, process, running);
  if (name == "current_location") {
    Term trace = stack_trace(heap, process, running);
    return trace.is_cons() ? trace.head() : atoms::undefined;
  }
  if (name == "current_stacktrace") return stack_trace(heap, process, running);
  if (name == "phial_stacktrace") return stack_trace(heap, process, running, 100);  // for profiles: deeper than Erlang's
  if (name == "initial_call") return mfa(heap, process.initial_module(), process.initial_name(), process.initial_arity);
  if (name == "status") return status_of(process, running);
  if (name == "message_queue_len") return words(process.mailbox_length);
  if (name == "messages") {
    std::vector<Term> messages;
    for (Signal* at = process.mailbox; at; at = static_cast<Signal*>(at->next)) messages.push_back(copy_term(heap, at->value));
    return make_list(heap, messages);
  }
  if (name == "budget") return budget_info(heap, process);
  if (name == "links") {
    std::vector<Term> links;
    if (rare)
      rare->links.each([&](Word key, LinkState& state) {
        if (!state.unlink_number) links.push_back(Term::raw(key));
      });
    return make_list(heap, links);
  }
  if (name == "monitors") {
    std::vector<Term> monitors;
    if (rare)
      rare->monitors.each([&](Word, MonitorState& state) {
        Term object = state.name.is_nil() ? state.target : make_tuple(heap, {state.name, intern_atom("nonode@nohost")});
        monitors.push_back(make_tuple(heap, {state.target.is_local_port() ? intern_atom("port") : atoms::process, object}));
      });
    return make_list(heap, monitors);
  }
  if (name == "monitored_by") {
    std::vector<Term> watchers;
    if (rare) rare->watchers.each([&](Word, WatcherState& state) { watchers.push_back(state.watcher); });
    return make_list(heap, watchers);
  }
  if (name == "dictionary") {
    std::vector<Term> pairs;
    if (rare)
      rare->dictionary.each([&](Term key, Term value) {
        pairs.push_back(make_tuple(heap, {copy_term(heap, key), copy_term(heap, value)}));
      });
    return make_list(heap, pairs);
  }
  if (name == "trap_exit") return boolean(process.trap_exit);
  if (name == "error_handler") return rare && rare->error_handler != atoms::nil ? rare->error_handler : intern_atom("error_handler");
  if (name == "priority") {
    constexpr const char* names[] = {"max", "high", "normal", "low"};
    return intern_atom(names[static_cast<size_t>(process.priority.load(std::memory_order_relaxed))]);
  }
  if (name == "group_leader") return process.group_leader;
  if (name == "total_heap_size") return words(process.heap.total_words());
  if (name == "heap_size") return words(process.heap.block_words());
  if (name == "stack_size") return words(process.heap.stack_words() + process.heap.segment_words());
  if (name == "reductions") return words(process.reductions);
  if (name == "memory") {
    size_t bytes = sizeof(Process) + process.heap.total_words() * sizeof(Word) + (rare ? sizeof(RareParts) : 0);
    for (Signal* at = process.mailbox; at; at = static_cast<Signal*>(at->next)) bytes += sizeof(Signal) + at->used * sizeof(Word);
    return words(bytes);
  }
  if (name == "garbage_collection") return garbage_collection(heap, process);
  if (name == "garbage_collection_info") {
    auto entry = [&](const char* key, size_t n) { return make_tuple(heap, {intern_atom(key), words(n)}); };
    return make_list(heap, {entry("old_heap_block_size", process.heap.old_capacity()), entry("heap_block_size", process.heap.block_words()),
                            entry("mbuf_size", process.heap.fragment_words()),
                            entry("recent_size", 0), entry("stack_size", process.heap.stack_words()),
                            entry("old_heap_size", process.heap.old_words()),
                            entry("heap_size", static_cast<size_t>(process.heap.saved_hp - process.heap.block)),
                            entry("bin_vheap_size", process.heap.binary_bytes() / 8)});
  }
  if (name == "suspending") {
    std::vector<Term> list;
    if (rare)
      rare->suspending.each([&](Word key, uint32_t& times) {
        list.push_back(make_tuple(heap, {Term::raw(key), Term::small(times), Term::small(0)}));
      });
    return make_list(heap, list);
  }
  if (name == "registered_name") return registered_name(process);
  if (name == "parent") return process.parent.is_nil() ? atoms::undefined : process.parent;
  if (name == "label") return rare && !rare->label.is_none() ? copy_term(heap, rare->label) : atoms::undefined;
  if (name == "catchlevel") return Term::small(0);
  if (name == "sequential_trace_token") return Term::nil();
  if (name == "last_calls") return atoms::false_;
  if (name == "async_dist") return boolean(rare && rare->async_dist);
  if (name == "trace") return words(process.trace_flags.load(std::memory_order_relaxed));
  if (name == "min_heap_size") return words(process.heap.minimum_words);
  if (name == "fullsweep_after") return Term::small(process.heap.fullsweep_after);
  if (name == "message_queue_data") return intern_atom(rare && rare->off_heap_messages ? "off_heap" : "on_heap");
  if (name == "backtrace") {
    std::string text;
    each_frame(process, frames_of(process, running), position_of(process, running), [&](const Word* pc) {
      if (Function* f = function_of(pc))
        text += std::string(atom_text(f->module->name)) + ":" + std::string(atom_text(f->name)) + "/" + std::to_string(f->arity) + "\n";
      return true;
    });
    return make_binary(heap, text);
  }
  if (name == "binary") {
    std::vector<Term> list;
    process.heap.each_off_heap([&](const Word* object) {
      if (Header::kind(*object) != Kind::shared_binary) return;
      auto binary = reinterpret_cast<const SharedBinary*>(object[2]);
      list.push_back(make_tuple(heap, {make_unsigned(heap, object[2]), make_unsigned(heap, binary->capacity),
                                       make_unsigned(heap, binary->references.load(std::memory_order_relaxed))}));
    });
    return make_list(heap, list);
  }
  return Term::none();
}

Term info_item(TermHeap& heap, Process& process, Term item, bool running) {
  static const Term dictionary = intern_atom("dictionary");
  if (item.is_tuple(2) && item.element(0) == dictionary) {
    Term value = process.rare_parts ? process.rare_parts->dictionary.get(item.element(1)) : Term::none();
    return make_tuple(heap, {copy_term(heap, item), value.is_none() ? atoms::undefined : copy_term(heap, value)});
  }
  if (!item.is_atom()) return Term::none();
  Term value = info_value(heap, process, item, running);
  return value.is_none() ? value : make_tuple(heap, {item, value});
}

}  // namespace

Term process_info(TermHeap& heap, Process& process, Term items, bool running) {
  static const Term name_item = intern_atom("registered_name");
  if (items.is_atom()) {
    Term value = info_item(heap, process, items, running);
    if (items == name_item && !value.is_none() && value.element(1).is_nil()) return Term::nil();
    return value;
  }
  if (items.is_tuple()) return info_item(heap, process, items, running);
  std::vector<Term> entries;
  if (items.is_nil()) {  // an empty list: the default items
    if (Term name = registered_name(process); !name.is_nil()) entries.push_back(make_tuple(heap, {intern_atom("registered_name"), name}));
    for (const char* name : default_items) entries.push_back(info_item(heap, process, intern_atom(name), running));
  } else {
    for (Term item : ListRange(items)) {
      Term entry = info_item(heap, process, item, running);
      if (entry.is_none()) return entry;
      entries.push_back(entry);
    }
  }
  return make_list(heap, entries);
}

namespace {

/// The name of a file as a list of code points.
Term file_charlist(TermHeap& heap, const std::string& file) {
  std::vector<Term> characters;
  characters.reserve(file.size());
  for (size_t i = 0; i < file.size();) {
    auto c = static_cast<uint8_t>(file[i]);
    unsigned more = c < 0x80 ? 0 : c < 0xe0 ? 1 : c < 0xf0 ? 2 : 3;
    uint32_t point = more == 0 ? c : c & (0x3f >> more);
    for (i++; more && i < file.size(); more--, i++) point = point << 6 | (static_cast<uint8_t>(file[i]) & 0x3f);
    characters.push_back(Term::small(point));
  }
  return make_list(heap, characters);
}

}  // namespace

Term location_entry(TermHeap& heap, const Word* pc, Term arguments, FileCharlists& files) {
  Function* f = function_of(pc);
  if (!f) return Term::none();
  Term location = Term::nil();
  const std::string* file;
  if (uint32_t line = f->module->line_at(pc, &file)) {
    location = make_list(heap, {make_tuple(heap, {atoms::line, Term::small(line)})});
    if (file) {
      if (files.file != file) files = {file, file_charlist(heap, *file)};
      location = make_cons(heap, make_tuple(heap, {atoms::file, files.characters}), location);
    }
  }
  return make_tuple(heap, {f->module->name, f->name, arguments.is_list() ? arguments : Term::small(f->arity), location});
}

bool uses_code(Process& process, const Module& module) {
  const Word* code = __atomic_load_n(&module.code, __ATOMIC_RELAXED);
  if (!code) return false;
  auto inside = [&](const Word* pc) { return pc >= code && pc < code + module.code_words; };
  if (process.pc && inside(process.pc)) return true;
  bool found = false;
  each_frame(process, process.heap.saved_sp + process.live, process.pc, [&](const Word* pc) {
    found = inside(pc);
    return !found;
  });
  if (found) return true;
  return process.heap.any_object([&](const Word* object) {
    if (Header::kind(*object) != Kind::fun) return false;
    return reinterpret_cast<const Function*>(object[1])->module == &module;
  });
}

}  // namespace phial
