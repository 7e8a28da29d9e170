// Functions about code: functions as values, module_info, loading, replacing and purging modules.
#include <functional>

#include "vm/native/native.hpp"
#include "vm/process/process_info.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

using namespace native;

Term atom(const char* text) { return intern_atom(text); }

// -- functions as values

Term apply_2(Context& c, const Term* a) {
  ptrdiff_t arity = list_length(a[1]);
  if (arity < 0) return c.badarg();
  std::vector<Term> arguments;
  for (Term item : ListRange(a[1])) arguments.push_back(item);
  return c.tail_call_fun(a[0], arguments);
}
Term apply_3(Context& c, const Term* a) {
  ptrdiff_t arity = list_length(a[2]);
  if (!a[0].is_atom() || !a[1].is_atom() || arity < 0) return c.badarg();
  std::vector<Term> arguments;
  for (Term item : ListRange(a[2])) arguments.push_back(item);
  return c.tail_apply(a[0], a[1], arguments);
}
Term make_fun(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom() || !a[2].is_small() || a[2].small_value() < 0 || a[2].small_value() > 255) return c.badarg();
  auto arity = static_cast<uint8_t>(a[2].small_value());
  Word* object = c.heap().allocate(2);
  object[0] = Header::make(Kind::export_fun, 1, arity);
  object[1] = reinterpret_cast<Word>(c.vm().code.export_for(a[0], a[1], arity));
  return Term::boxed(object);
}
Term fun_item(Context& c, Term fun, Term item) {
  TermHeap& heap = c.heap();
  bool local = fun.kind() == Kind::fun;
  auto f = reinterpret_cast<const Function*>(fun.object()[1]);
  auto e = reinterpret_cast<const Export*>(fun.object()[1]);
  if (item == atom("module")) return local ? f->module->name : e->module;
  if (item == atom("name")) return local ? f->name : e->name;
  if (item == atom("arity")) return Term::small(Header::extra(fun.header()));
  if (item == atom("type")) return atom(local ? "local" : "external");
  if (item == atom("env")) return local ? make_list(heap, {fun.payload() + 1, fun.size() - 1}) : Term::nil();
  if (item == atom("pid")) return local ? c.process()->pid : atoms::undefined;
  if (item == atom("index") || item == atom("new_index")) return local ? Term::small(f->index) : atoms::undefined;
  if (item == atom("uniq") || item == atom("new_uniq")) {
    if (!local) return atoms::undefined;
    if (item == atom("new_uniq")) return make_binary(heap, {reinterpret_cast<const char*>(f->module->md5), 16});
    uint32_t uniq;
    std::memcpy(&uniq, f->module->md5, 4);
    return Term::small(uniq & 0x7ffffff);
  }
  return Term::none();
}
Term fun_info_2(Context& c, const Term* a) {
  if (!a[0].is_function() || !a[1].is_atom()) return c.badarg();
  Term value = fun_item(c, a[0], a[1]);
  return value.is_none() ? c.badarg() : make_tuple(c.heap(), {a[1], value});
}
Term fun_info_1(Context& c, const Term* a) {
  if (!a[0].is_function()) return c.badarg();
  std::vector<Term> items;
  bool local = a[0].kind() == Kind::fun;
  for (const char* name : {"pid", "module", "new_index", "new_uniq", "index", "uniq", "name", "arity", "env", "type"}) {
    if (!local && (atom(name) == atom("pid") || std::string_view(name).ends_with("index") || std::string_view(name).ends_with("uniq"))) continue;
    items.push_back(make_tuple(c.heap(), {atom(name), fun_item(c, a[0], atom(name))}));
  }
  return make_list(c.heap(), items);
}
Term fun_to_list(Context& c, const Term* a) {
  if (!a[0].is_function()) return c.badarg();
  std::string text;
  if (a[0].kind() == Kind::fun) {
    auto f = reinterpret_cast<const Function*>(a[0].object()[1]);
    uint32_t uniq;
    std::memcpy(&uniq, f->module->md5, 4);
    text = "#Fun<" + std::string(atom_text(f->module->name)) + "." + std::to_string(f->index) + "." + std::to_string(uniq & 0x7ffffff) + ">";
  } else {
    auto e = reinterpret_cast<const Export*>(a[0].object()[1]);
    text = "fun " + std::string(atom_text(e->module)) + ":" + std::string(atom_text(e->name)) + "/" + std::to_string(e->arity);
  }
  return make_charlist(c.heap(), text);
}
bool is_defined(const Export* e) {
  return e && (e->native.load(std::memory_order_acquire) || e->function.load(std::memory_order_acquire));
}
Term function_exported(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom() || !a[2].is_small()) return c.badarg();
  if (a[2].small_value() < 0 || a[2].small_value() > 255) return atoms::false_;
  auto arity = static_cast<uint8_t>(a[2].small_value());
  // Modules of the library count as loaded: they are read from the image when they are first needed.
  if (!c.vm().code.find_module(a[0])) c.vm().ensure_loaded(a[0]);
  if (is_defined(c.vm().code.find_export(a[0], a[1], arity))) return atoms::true_;
  return boolean(a[1] == atoms::module_info && arity <= 1 && c.vm().code.find_module(a[0]));
}
Term is_builtin(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[1].is_atom() || !a[2].is_small()) return c.badarg();
  Export* e = c.vm().code.find_export(a[0], a[1], static_cast<uint8_t>(a[2].small_value()));
  return boolean(e && e->native.load(std::memory_order_acquire));
}

// -- module_info

Term name_and_arity(Context& c, Term name, unsigned arity) { return make_tuple(c.heap(), {name, Term::small(arity)}); }

Term module_item(Context& c, Term name, Module* module, Term key) {
  TermHeap& heap = c.heap();
  if (key == atom("module")) return name;
  if (key == atom("exports") || key == atom("functions")) {
    std::vector<Term> list;
    bool all = key == atom("functions");
    if (module)
      for (size_t i = 0; i < module->function_count; i++) {
        const Function& f = module->functions[i];
        if (f.exported || (all && !f.is_lambda)) list.push_back(name_and_arity(c, f.name, f.arity));
      }
    for (Export* e : c.vm().code.exports_of(name)) {
      if (!e->native.load(std::memory_order_acquire)) continue;
      bool there = false;
      for (Term entry : list) there |= entry.element(0) == e->name && entry.element(1) == Term::small(e->arity);
      if (!there) list.push_back(name_and_arity(c, e->name, e->arity));
    }
    for (unsigned arity : {0u, 1u}) {
      bool there = false;
      for (Term entry : list) there |= entry.element(0) == atoms::module_info && entry.element(1) == Term::small(arity);
      if (!there) list.push_back(name_and_arity(c, atoms::module_info, arity));
    }
    return make_list(heap, list);
  }
  if (key == atom("attributes")) return module ? module->attributes : Term::nil();
  if (key == atom("compile")) return module ? module->compile_info : Term::nil();
  if (key == atom("md5")) return module ? make_binary(heap, {reinterpret_cast<const char*>(module->md5), 16}) : atoms::undefined;
  if (key == atom("native")) return atoms::false_;
  if (key == atom("nifs")) return Term::nil();
  return Term::none();
}
Term get_module_info_1(Context& c, const Term* a) {
  Module* module = a[0].is_atom() ? c.vm().code.find_module(a[0]) : nullptr;
  if (!module && !(a[0].is_atom() && c.vm().code.has_natives(a[0]))) return c.badarg();
  std::vector<Term> items;
  for (const char* key : {"module", "exports", "attributes", "compile", "md5"})
    items.push_back(make_tuple(c.heap(), {atom(key), module_item(c, a[0], module, atom(key))}));
  return make_list(c.heap(), items);
}
Term get_module_info_2(Context& c, const Term* a) {
  Module* module = a[0].is_atom() ? c.vm().code.find_module(a[0]) : nullptr;
  if (!module && !(a[0].is_atom() && c.vm().code.has_natives(a[0]))) return c.badarg();
  Term value = module_item(c, a[0], module, a[1]);
  return value.is_none() ? c.badarg() : value;
}
/// The docs chunk and debug data that the compiler left: {docs, debug}, or undefined.
Term module_data(Context& c, const Term* a) {
  if (!a[0].is_atom() || !c.vm().ensure_loaded(a[0])) return atoms::undefined;
  Module* module = c.vm().code.find_module(a[0]);
  return module ? make_tuple(c.heap(), {module->docs, module->debug}) : atoms::undefined;
}

// -- loading

Term ensure_loaded(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  if (c.vm().ensure_loaded(a[0]) || c.vm().code.has_natives(a[0])) return make_tuple(c.heap(), {atom("module"), a[0]});
  return make_tuple(c.heap(), {atoms::error, atom("nofile")});
}
Term module_loaded(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  return boolean(c.vm().code.find_module(a[0]) || c.vm().code.has_natives(a[0]));
}
Term loaded(Context& c, const Term*) {
  std::vector<Term> names;
  for (Module* module : c.vm().code.loaded_modules()) names.push_back(module->name);
  return make_list(c.heap(), names);
}
Term file_of(Context& c, Module* module) {
  if (module->loaded_from.empty()) return Term::nil();
  return make_charlist(c.heap(), module->loaded_from);
}
Term which(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  if (c.vm().ensure_loaded(a[0])) return file_of(c, c.vm().code.find_module(a[0]));
  return atom(c.vm().code.has_natives(a[0]) ? "preloaded" : "non_existing");
}
Term is_loaded(Context& c, const Term* a) {
  Module* module = a[0].is_atom() ? c.vm().code.find_module(a[0]) : nullptr;
  if (module) return make_tuple(c.heap(), {atoms::file, file_of(c, module)});
  if (a[0].is_atom() && c.vm().code.has_natives(a[0])) return make_tuple(c.heap(), {atoms::file, atom("preloaded")});
  return atoms::false_;
}
Term all_loaded(Context& c, const Term*) {
  std::vector<Term> list;
  for (Module* module : c.vm().code.loaded_modules()) list.push_back(make_tuple(c.heap(), {module->name, file_of(c, module)}));
  return make_list(c.heap(), list);
}
Term module_md5(Context& c, const Term* a) {
  if (!a[0].is_bitstring() || !is_binary(a[0])) return c.badarg();
  std::string scratch, error;
  CodeUnit unit;
  std::string_view bytes = bytes_of(a[0], scratch);
  if (!read_code_unit(bytes, unit, error)) return atoms::undefined;
  std::string digest(16, '\0');
  CodeServer::digest(unit, bytes, reinterpret_cast<uint8_t*>(digest.data()));
  return make_binary(c.heap(), digest);
}
Term load_bytes(Context& c, Term module, Term file, Term binary) {
  if (!binary.is_bitstring() || !is_binary(binary)) return c.badarg();
  std::string scratch, error, path;
  std::string_view bytes = bytes_of(binary, scratch);
  CodeUnit unit;
  TermHeap& heap = c.heap();
  auto failed = [&](const char* why) { return make_tuple(heap, {atoms::error, atom(why)}); };
  if (!read_code_unit(bytes, unit, error)) return failed("badfile");
  if (unit.module != module) return failed("badfile");
  if (file.is_list()) append_iodata(file, path);
  else if (file.is_atom()) path = atom_text(file);
  else if (file.is_bitstring()) append_iodata(file, path);
  if (!c.vm().code.load(unit, error, bytes, false, path)) return failed(error == "not_purged" ? "not_purged" : "badfile");
  return make_tuple(heap, {atom("module"), module});
}
Term erlang_load_module(Context& c, const Term* a) { return a[0].is_atom() ? load_bytes(c, a[0], Term::nil(), a[1]) : c.badarg(); }

// -- purging: every process is asked, one after the other, whether it uses the old code

Term request_check(Context& c, Term pid, Term module, const std::function<std::vector<Term>()>& arguments) {
  RareParts& rare = c.process()->rare();
  if (rare.reply) {
    Signal* reply = rare.reply;
    rare.reply = nullptr;
    rare.expected_reply = 0;
    Term answer = reply->value;  // an atom
    free_signal(reply);
    return answer;
  }
  if (!rare.expected_reply) {
    rare.expected_reply = c.vm().make_reference().word;
    c.vm().send_signal(pid, make_signal(SignalKind::check_code, module, c.process()->pid, rare.expected_reply));
  }
  c.again(arguments());
  c.outcome = Context::Outcome::wait;
  return Term::none();
}
bool self_uses(Context& c, Module* old) {
  Process& process = *c.process();
  process.heap.saved_sp = c.machine->sp;
  process.heap.saved_hp = c.machine->hp;
  const Word* before = process.pc;
  process.pc = c.machine->pc;
  process.live = 0;
  bool uses = uses_code(process, *old);
  process.pc = before;
  return uses;
}
Term check_process_code(Context& c, const Term* a) {
  if (!a[0].is_local_pid() || !a[1].is_atom()) return c.badarg();
  if (a[0] == c.process()->pid) {
    Module* old = c.vm().code.find_old_module(a[1]);
    return boolean(old && self_uses(c, old));
  }
  Term answer = request_check(c, a[0], a[1], [&] { return std::vector<Term>{a[0], a[1]}; });
  return answer == atoms::undefined ? atoms::false_ : answer;
}
Term check_process_code_3(Context& c, const Term* a) { return check_process_code(c, a); }

/// Codes are never at one address twice: their modules stay when they are purged.
Term identity_of(const Module* old) { return Term::small(static_cast<int64_t>(reinterpret_cast<uintptr_t>(old) >> 3)); }

enum class Purge { done, again, given_up, waits };
/// Asks one process after the other whether it uses the old code and kills who does, or gives up where that is not wanted; then frees it. `pids` and
/// `killed` say how far it came. again: somebody else has purged the code, and another one stands there now.
Purge purge_old(Context& c, Term module, Term& pids, Term identity, bool kills, Term& killed, const std::function<std::vector<Term>()>& arguments) {
  CodeServer& code = c.vm().code;
  Module* old = code.find_old_module(module);
  if (!old || identity_of(old) != identity) {
    // Somebody else was quicker. The answer that is still to come is for nobody.
    if (c.process()->rare().expected_reply && request_check(c, Term::nil(), module, arguments).is_none()) return Purge::waits;
    return old ? Purge::again : Purge::done;
  }
  while (old && pids.is_cons()) {
    Term pid = pids.head();
    Term uses;
    if (pid == c.process()->pid) {
      uses = atoms::false_;  // the caller decides for itself; what it runs is kept for it
      if (self_uses(c, old)) {
        if (!kills) return Purge::given_up;
        code.shelve_old(module, old);
        old = nullptr;
        break;
      }
    } else {
      uses = request_check(c, pid, module, arguments);
      if (uses.is_none()) return Purge::waits;
    }
    if (uses == atoms::true_) {
      if (!kills) return Purge::given_up;
      killed = atoms::true_;
      // It is asked again, until it is gone.
      c.vm().send_signal(pid, make_signal(SignalKind::exit, atoms::kill, c.process()->pid));
      continue;
    }
    pids = pids.tail();
  }
  if (old) code.purge(module, old);
  return code.find_old_module(module) ? Purge::again : Purge::done;
}

Term all_pids(Context& c, const Module* old) {
  std::vector<Term> pids;
  if (old)
    c.vm().processes.each([&](Process* process) {
      if (!process->is_host && process->state.load(std::memory_order_relaxed) < ProcessState::exiting) pids.push_back(process->pid);
    });
  return make_list(c.heap(), pids);
}

Term start_purge(Context& c, Term module, Term mode, Term file, Term binary, Term killed) {
  Module* old = c.vm().code.find_old_module(module);
  return c.tail_call(atom("phial_code"), atom("purge_step"), {module, all_pids(c, old), mode, file, binary, killed, identity_of(old)});
}
/// purge_step(module, pids, mode, file, binary, killed, identity): mode :hard kills who uses the old code, :soft gives up; with a binary, loads it afterwards.
Term purge_step(Context& c, const Term* a) {
  Term module = a[0], pids = a[1], mode = a[2], killed = a[5];
  auto arguments = [&] { return std::vector<Term>{module, pids, mode, a[3], a[4], killed, a[6]}; };
  switch (purge_old(c, module, pids, a[6], mode != atom("soft"), killed, arguments)) {
    case Purge::waits: return Term::none();
    case Purge::given_up: return atoms::false_;
    case Purge::again: return start_purge(c, module, mode, a[3], a[4], killed);
    case Purge::done: break;
  }
  if (a[4] != atoms::nil) return load_bytes(c, module, a[3], a[4]);
  return mode == atom("soft") ? atoms::true_ : killed;
}
Term start_purge(Context& c, Term module, const char* mode, Term file, Term binary) {
  return start_purge(c, module, atom(mode), file, binary, atoms::false_);
}
/// Before a definition: the compiler has asked whether the module may be defined.
Term make_room(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  Module* old = c.vm().code.find_old_module(a[0]);
  return c.tail_call(atom("phial_code"), atom("make_room_step"), {a[0], all_pids(c, old), identity_of(old)});
}
Term make_room_step(Context& c, const Term* a) {
  Term module = a[0], pids = a[1], killed = atoms::false_;
  auto arguments = [&] { return std::vector<Term>{module, pids, a[2]}; };
  switch (purge_old(c, module, pids, a[2], true, killed, arguments)) {
    case Purge::waits: return Term::none();
    case Purge::again: return make_room(c, a);
    default: return atoms::ok;
  }
}
Term purge(Context& c, const Term* a) { return a[0].is_atom() ? start_purge(c, a[0], "hard", Term::nil(), atoms::nil) : c.badarg(); }
Term soft_purge(Context& c, const Term* a) { return a[0].is_atom() ? start_purge(c, a[0], "soft", Term::nil(), atoms::nil) : c.badarg(); }
Term delete_module(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  return boolean(c.vm().code.remove(a[0]));
}
Term load_binary(Context& c, const Term* a) {
  if (!a[0].is_atom() || !a[2].is_bitstring()) return c.badarg();
  return start_purge(c, a[0], "hard", a[1], a[2]);
}

Term flat_size(Context& c, const Term* a) { return make_unsigned(c.heap(), term_words(a[0])); }

constexpr NativeEntry entries[] = {
    {"erlang", "apply", 2, apply_2}, {"erlang", "apply", 3, apply_3}, {"erlang", "make_fun", 3, make_fun},
    {"erlang", "fun_info", 1, fun_info_1}, {"erlang", "fun_info", 2, fun_info_2}, {"erlang", "fun_to_list", 1, fun_to_list},
    {"erlang", "function_exported", 3, function_exported}, {"erlang", "is_builtin", 3, is_builtin},
    {"erlang", "get_module_info", 1, get_module_info_1}, {"erlang", "get_module_info", 2, get_module_info_2},
    {"erlang", "module_loaded", 1, module_loaded}, {"erlang", "loaded", 0, loaded},
    {"erlang", "load_module", 2, erlang_load_module}, {"erlang", "delete_module", 1, delete_module},
    {"erlang", "purge_module", 1, purge}, {"erlang", "check_process_code", 2, check_process_code},
    {"erlang", "check_process_code", 3, check_process_code_3},
    {"code", "ensure_loaded", 1, ensure_loaded}, {"code", "which", 1, which},
    {"code", "is_loaded", 1, is_loaded}, {"code", "all_loaded", 0, all_loaded}, {"code", "module_md5", 1, module_md5},
    {"code", "load_binary", 3, load_binary}, {"code", "purge", 1, purge}, {"code", "soft_purge", 1, soft_purge},
    {"code", "delete", 1, delete_module},
    {"phial_code", "purge_step", 7, purge_step}, {"phial_code", "make_room", 1, make_room}, {"phial_code", "make_room_step", 3, make_room_step}, {"phial_code", "module_data", 1, module_data},
    {"erts_debug", "flat_size", 1, flat_size}, {"erts_debug", "size", 1, flat_size},
};

}  // namespace

extern const NativeTable code_natives;
constexpr NativeTable code_natives = native::table_of(entries);

}  // namespace phial
