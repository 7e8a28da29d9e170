// Module :phial_compiler: the loop's side of sessions, and what Code, Macro and Module ask of the compiler.
#include <algorithm>

#include "compiler/lower/lower.hpp"
#include "compiler/session/code_path.hpp"
#include "compiler/session/library.hpp"
#include "vm/term/external.hpp"
#include "compiler/session/session.hpp"
#include "compiler/syntax/parser.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {

// -- the loop

Term step(Context& context, const Term* arguments) {
  Session* session = Session::of(arguments[0]);
  if (!session) return context.badarg();
  Term input = arguments[1];
  if (input.is_tuple(2) && input.element(0) == atoms::ok) {
    session->reply = copy_term(session->arena, input.element(1));
  } else if (input.is_tuple(4) && input.element(0) == atoms::error) {
    session->reply_failure = {copy_term(session->arena, input.element(1)), copy_term(session->arena, input.element(2)),
                              copy_term(session->arena, input.element(3))};
  }
  constexpr int64_t slice = 20000;
  session->budget = slice;
  session->process = context.process();
  session->enter();
  if (context.tree()) session->charge_arena();
  context.bump((slice - session->budget) / 8 + 1);
  switch (session->request) {
    case Session::Request::again: return context.again({arguments[0], atoms::ok});
    case Session::Request::call:
    case Session::Request::call_fun: return intern_atom("call");
    default: return intern_atom("done");
  }
}

Term session_call(Context& context, const Term* arguments) {
  Session* session = Session::of(arguments[0]);
  if (!session) return context.badarg();
  Terms copied;
  for (Term argument : session->request_arguments) copied.push_back(copy_term(context.heap(), argument));
  if (session->request == Session::Request::call_fun)
    return context.tail_call_fun(copy_term(context.heap(), session->request_fun), copied);
  return context.tail_apply(session->request_module, session->request_name, copied);
}

Term session_finish(Context& context, const Term* arguments) {
  Session* session = Session::of(arguments[0]);
  if (!session || session->finished.empty()) return context.badarg();
  std::unique_ptr<JobState> state = std::move(session->finished.back());
  session->finished.pop_back();
  struct Ending {
    Session* session;
    ~Ending() { session->end_if_done(); }
  } ending{session};
  if (state->failure) {
    // The frames of the compiler's own loop are no part of the program.
    Terms frames;
    for (Term frame : ListRange(state->failure.stacktrace)) {
      Term module = frame.is_tuple(4) ? frame.element(0) : atoms::nil;
      if (module != atoms::phial_compiler_loop && module != atoms::phial_compiler) frames.push_back(copy_term(context.heap(), frame));
    }
    Term trace = make_list(context.heap(), frames);
    // An error of the code that was compiled, not of a function that ran: the compiler's own frames tell nobody anything.
    if (trace.is_nil()) trace = make_tuple(context.heap(), {intern_atom("$trace"), atoms::nil, atoms::nil});
    return context.raise_with_trace(state->failure.exception_class, copy_term(context.heap(), state->failure.reason), trace);
  }
  return copy_term(context.heap(), state->result);
}

// -- environments and bindings

/// What a job that works in a given environment changes in the expander.
struct ExpanderState {
  explicit ExpanderState(Expander& expander)
      : e(expander), env(e.env), scope(std::move(e.scope)), draft(e.draft), definition(e.definition) {
    e.reset_scope();
  }
  ~ExpanderState() {
    e.env = env;
    e.scope = std::move(scope);
    e.draft = draft;
    e.definition = definition;
  }
  Expander& e;
  Environment env;
  Scope scope;
  ModuleDraft* draft;
  Definition* definition;
};

DraftOwner owner_of(Context& context) { return {&context.vm(), context.process()->pid.word}; }

std::string text_of(Term binary) {
  std::string scratch;
  return std::string(bytes_of(binary, scratch));
}

/// The environment that options or a %Macro.Env{} describe, set in the expander.
bool enter_environment(Session& session, Expander& e, Term given) {
  Term variables = make_empty_map(e.heap);
  auto refuse = [&] {
    session.failure = {atoms::error, atoms::badarg, Term::nil()};
    return false;
  };
  if (given.is_map() && environment_from_map(e.heap, given, e.env, variables)) {
    if (!well_formed(e.env)) return refuse();
    e.draft = find_draft(session.draft_owner(), e.env.module);
    return true;
  }
  Term file = given.is_list() ? keyword_get(given, atoms::file) : Term::none();
  Environment env = session.base_environment(file.is_none() || !file.is_bitstring() ? "nofile" : text_of(file));
  if (session.failure) return false;
  if (given.is_list()) {
    Term line = keyword_get(given, atoms::line), module = keyword_get(given, atoms::module);
    if (!line.is_none() && line.is_small()) env.line = line.small_value();
    if (!module.is_none()) env.module = module;
    auto set = [&](Term key, Term& field) {
      Term value = keyword_get(given, key);
      if (!value.is_none()) field = value;
    };
    set(atoms::aliases_key, env.aliases);
    set(atoms::requires_key, env.required);
    set(atoms::functions, env.functions);
    set(atoms::macros, env.macros);
    set(atoms::context, env.context);
    set(atoms::function, env.function);
  }
  if (!well_formed(env)) return refuse();
  e.env = env;
  e.draft = find_draft(session.draft_owner(), e.env.module);
  return true;
}

/// From a list of pairs or a map, as anybody may give them: {name, context} => value. What is no variable is left out.
Term bindings_map(TermHeap& heap, Term given) {
  Term map = make_empty_map(heap);
  auto add = [&](Term key, Term value) {
    if (key.is_atom()) key = pair(heap, key, atoms::nil);
    if (key.is_tuple(2) && key.element(0).is_atom()) map = map_put(heap, map, key, value);
    return true;
  };
  if (given.is_map()) {
    map_each(given, add);
  } else {
    for (Term item : ListRange(given))
      if (item.is_tuple(2)) add(item.element(0), item.element(1));
  }
  return map;
}

Term bindings_list(TermHeap& heap, Term map) {
  Terms list;
  map_each(map, [&](Term key, Term value) {
    list.push_back(pair(heap, key.element(1) == atoms::nil ? key.element(0) : key, value));
    return true;
  });
  return make_list(heap, list);
}

Term module_of_environment(Term given) {
  if (given.is_map()) {
    Term module = map_get(given, atoms::module);
    if (!module.is_none()) return module;
  } else if (given.is_list()) {
    Term module = keyword_get(given, atoms::module);
    if (!module.is_none()) return module;
  }
  return atoms::nil;
}

ExpanderOptions session_options(Context& context) {
  ExpanderOptions options;
  options.legacy = context.vm().config.legacy;
  return options;
}

/// Begins a job in the session that defines the environment's module, or in a new one.
Term begin(Context& context, Term environment, Job job) {
  ModuleDraft* draft = find_draft(owner_of(context), module_of_environment(environment));
  if (draft && draft->session) return Session::start_nested(context, *static_cast<Session*>(draft->session), std::move(job));
  return Session::start(context, session_options(context), std::move(job));
}

Expander& expander_for(Session& session, Term environment) {
  ModuleDraft* draft = find_draft(session.draft_owner(), module_of_environment(environment));
  return draft && draft->session == &session ? draft->expander : *session.expander;
}

/// Terms that a job needs, kept outside of the process's heap.
struct Kept {
  std::shared_ptr<Arena> arena = std::make_shared<Arena>(256);
  Term keep(Term term) { return copy_term(*arena, term); }
};

// -- evaluation

enum class Give : uint8_t { value_and_bindings, value_bindings_environment };

Term evaluate(Session& session, Term code, bool is_text, Term bindings, Term environment, Give give) {
  Expander& e = expander_for(session, environment);
  ExpanderState state(e);
  code = copy_term(session.arena, code);
  bindings = copy_term(session.arena, bindings);
  environment = copy_term(session.arena, environment);
  if (!enter_environment(session, e, environment)) return Term::none();
  Term map = bindings_map(session.arena, bindings);
  if (is_text) {
    std::string scratch;
    code = TRY(parse_source(session, bytes_of(code, scratch), e.file_text(), static_cast<uint32_t>(e.env.line)));
  }
  std::vector<LexicalEntry> outer_lexical = std::move(e.lexical);
  e.lexical.clear();
  Term value = run_body(e, BodyKind::evaluation, code, map, true);
  e.lexical = std::move(outer_lexical);
  TRY(value);
  if (e.env.module == atoms::nil) check_remote_calls(e);
  if (session.failure) return Term::none();
  Term list = bindings_list(session.arena, map);
  if (give == Give::value_and_bindings) return pair(session.arena, value, list);
  Term variables = make_empty_map(session.arena);
  int64_t version = 0;
  map_each(map, [&](Term key, Term) {
    variables = map_put(session.arena, variables, key, Term::small(version++));
    return true;
  });
  return make_tuple(session.arena, {value, list, environment_to_map(session.arena, e.env, variables)});
}

Term begin_evaluation(Context& context, const Term* arguments, bool is_text, Give give) {
  if (is_text && !is_binary(arguments[0])) return context.badarg();
  Kept kept;
  Term code = kept.keep(arguments[0]), bindings = kept.keep(arguments[1]), environment = kept.keep(arguments[2]);
  return begin(context, arguments[2], [=](Session& session) {
    (void)kept.arena;
    return evaluate(session, code, is_text, bindings, environment, give);
  });
}

Term eval_string(Context& context, const Term* arguments) {
  return begin_evaluation(context, arguments, true, Give::value_and_bindings);
}
Term eval_quoted(Context& context, const Term* arguments) {
  return begin_evaluation(context, arguments, false, Give::value_and_bindings);
}
Term eval_string_with_env(Context& context, const Term* arguments) {
  return begin_evaluation(context, arguments, true, Give::value_bindings_environment);
}
Term eval_quoted_with_env(Context& context, const Term* arguments) {
  return begin_evaluation(context, arguments, false, Give::value_bindings_environment);
}

/// eval_quoted_with_env(quoted, bindings, environment, source): the same, of a text that is in no file; messages show its lines.
Term eval_quoted_with_source(Context& context, const Term* arguments) {
  if (!is_binary(arguments[3])) return context.badarg();
  Kept kept;
  Term code = kept.keep(arguments[0]), bindings = kept.keep(arguments[1]), environment = kept.keep(arguments[2]);
  std::string source = text_of(arguments[3]);
  return begin(context, arguments[2], [=](Session& session) {
    (void)kept.arena;
    if (environment.is_map()) {
      Term file = map_get(environment, atoms::file);
      if (!file.is_none() && is_binary(file)) session.know_source(text_of(file), source);
    }
    return evaluate(session, code, false, bindings, environment, Give::value_bindings_environment);
  });
}

enum class FileKind : uint8_t { script, modules, in_parallel };

Term run_file_job(Session& session, Term code, bool is_text, std::string file, FileKind kind) {
  Expander& e = *session.expander;
  e.env = session.base_environment(file);
  if (session.failure) return Term::none();
  if (is_text) {
    std::string scratch;
    code = TRY(parse_source(session, bytes_of(code, scratch), file, 1));
  } else {
    code = copy_term(session.arena, code);
  }
  Term bindings = Term::none();
  Term value = TRY(run_body(e, BodyKind::file, code, bindings, false));
  e.warn_unused_lexical();
  if (kind == FileKind::in_parallel) {
    Term needs = session.dependencies_list();
    TRY(session.call(intern_atom("Elixir.Kernel.ParallelCompiler"), intern_atom("await_others"), {&needs, 1}));
  }
  check_remote_calls(e);
  if (session.failure) return Term::none();
  return kind != FileKind::script ? make_list(session.arena, session.defined_modules) : value;
}

Term begin_file(Context& context, const Term* arguments, bool is_text, FileKind kind) {
  if ((is_text && !is_binary(arguments[0])) || !is_binary(arguments[1])) return context.badarg();
  Kept kept;
  Term code = kept.keep(arguments[0]);
  std::string file = text_of(arguments[1]);
  return Session::start(context, session_options(context), [=](Session& session) {
    (void)kept.arena;
    return run_file_job(session, code, is_text, file, kind);
  });
}

/// run_file(source, path): a script; its last value.
Term run_file(Context& context, const Term* arguments) { return begin_file(context, arguments, true, FileKind::script); }
/// compile_string(source, path): [{Module, binary}]
Term compile_string(Context& context, const Term* arguments) { return begin_file(context, arguments, true, FileKind::modules); }
/// compile_in_parallel(source, path): the same for a process of Kernel.ParallelCompiler.
Term compile_in_parallel(Context& context, const Term* arguments) { return begin_file(context, arguments, true, FileKind::in_parallel); }
Term compile_quoted(Context& context, const Term* arguments) { return begin_file(context, arguments, false, FileKind::modules); }

// -- expansion for macros

Term expand_once(Context& context, const Term* arguments) {
  Kept kept;
  Term code = kept.keep(arguments[0]), environment = kept.keep(arguments[1]);
  return begin(context, arguments[1], [=](Session& session) {
    (void)kept.arena;
    Expander& e = expander_for(session, environment);
    ExpanderState state(e);
    if (!enter_environment(session, e, copy_term(session.arena, environment))) return Term::none();
    bool expanded = false;
    Term result = TRY(e.expand_top(copy_term(session.arena, code), expanded));
    return pair(session.arena, result, boolean(expanded));
  });
}

Term expand(Context& context, const Term* arguments) {
  Kept kept;
  Term code = kept.keep(arguments[0]), environment = kept.keep(arguments[1]);
  return begin(context, arguments[1], [=](Session& session) {
    (void)kept.arena;
    Expander& e = expander_for(session, environment);
    ExpanderState state(e);
    Term map = copy_term(session.arena, environment);
    if (!enter_environment(session, e, map)) return Term::none();
    Term variables = map.is_map() ? map_get(map, atoms::versioned_vars) : Term::none();
    if (!variables.is_none() && variables.is_map()) {
      e.scope.read = variables;
      int64_t highest = -1;
      map_each(variables, [&](Term, Term version) {
        if (version.is_small()) highest = std::max(highest, version.small_value());
        return true;
      });
      VariableInfo silent;
      silent.name = atoms::underscore;
      silent.silent = true;
      e.scope.infos.assign(static_cast<size_t>(highest + 1), silent);
    }
    e.scope.caller = true;
    e.scope.caller_version = Term::small(0);
    Term result = TRY(e.expand(copy_term(session.arena, code)));
    return pair(session.arena, result, environment_to_map(session.arena, e.env, e.scope.read));
  });
}

Term env_for_eval(Context& context, const Term* arguments) {
  Kept kept;
  Term given = kept.keep(arguments[0]);
  return Session::start(context, session_options(context), [=](Session& session) {
    (void)kept.arena;
    Expander& e = *session.expander;
    if (!enter_environment(session, e, copy_term(session.arena, given))) return Term::none();
    return environment_to_map(session.arena, e.env, make_empty_map(session.arena));
  });
}

// -- what expanded module bodies call

/// define_module(name, block, bindings, env, meta)
Term define_module(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom()) return context.badarg();
  Kept kept;
  Term name = arguments[0], block = kept.keep(arguments[1]), bindings = kept.keep(arguments[2]), environment = kept.keep(arguments[3]),
       meta = kept.keep(arguments[4]);
  return begin(context, arguments[3], [=](Session& session) {
    (void)kept.arena;
    Expander& e = expander_for(session, environment);
    ExpanderState state(e);
    if (!enter_environment(session, e, copy_term(session.arena, environment))) return Term::none();
    std::vector<RemoteCall> outer_calls = std::move(e.remote_calls);
    e.remote_calls.clear();
    Term map = bindings_map(session.arena, copy_term(session.arena, bindings));
    Term result = compile_module(e, copy_term(session.arena, meta), name, copy_term(session.arena, block), map);
    if (!result.is_none()) check_remote_calls(e);
    e.remote_calls = std::move(outer_calls);
    return session.failure ? Term::none() : result;
  });
}

ModuleDraft* open_draft(Context& context, Term module) {
  ModuleDraft* draft = find_draft(owner_of(context), module);
  return draft && !draft->closing ? draft : nullptr;
}

Term raise_argument_error(Context& context, std::string_view message) {
  const Term pairs[] = {atoms::struct_, intern_atom("Elixir.ArgumentError"), atoms::exception_key, atoms::true_, atoms::message,
                        make_binary(context.heap(), message)};
  return context.error(make_map(context.heap(), pairs));
}

/// store_definition(module, kind, meta, call, body, environment)
Term store_definition_native(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom() || !arguments[1].is_atom() || !arguments[5].is_small()) return context.badarg();
  ModuleDraft* draft = open_draft(context, arguments[0]);
  if (!draft || !draft->session) return raise_argument_error(context, "cannot define functions in " + print_atom(arguments[0]) + ", it is not being compiled");
  Kept kept;
  Term module = arguments[0], kind = arguments[1], meta = kept.keep(arguments[2]), call = kept.keep(arguments[3]), body = kept.keep(arguments[4]);
  int64_t environment = arguments[5].small_value();
  return Session::start_nested(context, *static_cast<Session*>(draft->session), [=](Session& session) {
    (void)kept.arena;
    ModuleDraft* target = find_draft(session.draft_owner(), module);
    if (!target) return Term::none();
    Arena& arena = session.arena;
    return store_at_run_time(target->expander, *target, kind, copy_term(arena, meta), copy_term(arena, call), copy_term(arena, body), environment);
  });
}

Term make_overridable_native(Context& context, const Term* arguments) {
  ModuleDraft* draft = open_draft(context, arguments[0]);
  if (!draft || !draft->session) return context.badarg();
  Kept kept;
  Term module = arguments[0], list = kept.keep(arguments[1]);
  return Session::start_nested(context, *static_cast<Session*>(draft->session), [=](Session& session) {
    (void)kept.arena;
    ModuleDraft* target = find_draft(session.draft_owner(), module);
    if (!target) return Term::none();
    Expander& e = target->expander;
    ModuleDraft* outer = e.draft;
    e.draft = target;
    bool done = make_overridable(e, copy_term(session.arena, list));
    e.draft = outer;
    return done ? atoms::ok : Term::none();
  });
}

/// put_attribute(module, name, value, line)
Term put_attribute_native(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom() || !arguments[1].is_atom() || !arguments[3].is_small()) return context.badarg();
  ModuleDraft* draft = open_draft(context, arguments[0]);
  if (!draft) return raise_argument_error(context, "could not set attribute @" + std::string(atom_text(arguments[1])) + ", module " +
                                                       print_atom(arguments[0]) + " is already compiled");
  Session* session = static_cast<Session*>(draft->session);
  Failure outer = session->failure;
  session->failure = {};
  Term value = store_attribute(draft->expander, *draft, arguments[1], copy_term(draft->heap, arguments[2]), arguments[3].small_value());
  Failure failure = session->failure;
  session->failure = outer;
  if (value.is_none()) return context.raise(failure.exception_class, copy_term(context.heap(), failure.reason));
  return arguments[2];
}

/// read_attribute(module, name, line)
Term read_attribute_native(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom() || !arguments[1].is_atom() || !arguments[2].is_small()) return context.badarg();
  ModuleDraft* draft = open_draft(context, arguments[0]);
  if (!draft) return raise_argument_error(context, "could not read attribute @" + std::string(atom_text(arguments[1])) + ", module " +
                                                       print_atom(arguments[0]) + " is already compiled");
  Term value = read_attribute(*draft, arguments[1]);
  if (value.is_none()) {
    int64_t line = arguments[2].small_value();
    Expander& e = draft->expander;
    if (line && arguments[1] != atoms::doc && arguments[1] != atoms::moduledoc)
      e.warn_at(line, 0, draft->file, atoms::nil, "undefined module attribute @" + std::string(atom_text(arguments[1])) +
                                                      ", please remove access to @" + std::string(atom_text(arguments[1])) +
                                                      " or explicitly set it before access");
    return atoms::nil;
  }
  return copy_term(context.heap(), value);
}

/// store_typespec(module, kind, quoted, line)
Term store_typespec_native(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom() || !arguments[1].is_atom() || !arguments[3].is_small()) return context.badarg();
  ModuleDraft* draft = open_draft(context, arguments[0]);
  if (!draft || !draft->session) return context.badarg();
  Kept kept;
  Term module = arguments[0], kind = arguments[1], quoted = kept.keep(arguments[2]);
  int64_t line = arguments[3].small_value();
  // Telling what is wrong with it runs code of the language, which takes a session.
  return Session::start_nested(context, *static_cast<Session*>(draft->session), [=](Session& session) {
    (void)kept.arena;
    ModuleDraft* target = find_draft(session.draft_owner(), module);
    return target ? store_quoted_typespec(target->expander, *target, kind, copy_term(target->heap, quoted), line) : Term::none();
  });
}

/// quote_dot(dot_meta, call_meta, left, name, arguments or nil): what left.unquote(name)(arguments) in a quote builds.
Term quote_dot(Context& context, const Term* a) {
  TermHeap& heap = context.heap();
  Term dot_meta = a[0], call_meta = a[1], left = a[2], right = a[3], arguments = a[4];
  bool has_arguments = arguments != atoms::nil;
  auto call = [&](Term name, Term meta, Term list) {
    Term dot = node(heap, atoms::dot, dot_meta, {left, name});
    return node(heap, dot, meta, list);
  };
  if (right.is_atom() && !is_alias_atom(right)) {
    if (has_arguments) return call(right, call_meta, arguments);
    return call(right, make_cons(heap, pair(heap, atoms::no_parens, atoms::true_), call_meta), Term::nil());
  }
  if (is_call_of(right, atoms::aliases) || is_alias_atom(right)) {
    Terms parts;
    if (is_call_of(left, atoms::aliases))
      for (Term part : ListRange(arguments_of(left))) parts.push_back(part);
    else
      parts.push_back(left);
    Term meta = is_call_of(left, atoms::aliases) ? meta_of(left) : dot_meta;
    if (right.is_atom()) parts.push_back(right);
    else
      for (Term part : ListRange(arguments_of(right))) parts.push_back(part);
    return node(heap, atoms::aliases, meta, make_list(heap, parts));
  }
  if (is_variable(right)) {
    if (has_arguments) return call(form_of(right), call_meta, arguments);
    return call(form_of(right), make_cons(heap, pair(heap, atoms::no_parens, atoms::true_), call_meta), Term::nil());
  }
  if (is_node(right) && form_of(right).is_atom() && !has_arguments) return call(form_of(right), meta_of(right), arguments_of(right));
  return raise_argument_error(context, "expected unquote after dot to return an atom, an alias or a quoted call, got: " + print_term(right, 300));
}

// -- sources

/// string_to_quoted(source, options) without encoders.
Term string_to_quoted(Context& context, const Term* arguments) {
  if (!is_binary(arguments[0])) return context.badarg();
  Term options_list = arguments[1];
  auto option = [&](Term key, bool otherwise) {
    Term value = keyword_get(options_list, key);
    return value.is_none() ? otherwise : value == atoms::true_;
  };
  auto number = [&](Term key, uint32_t otherwise) {
    Term value = keyword_get(options_list, key);
    return value.is_none() || !value.is_small() ? otherwise : static_cast<uint32_t>(value.small_value());
  };
  Kept kept;
  Term source_term = kept.keep(arguments[0]);
  auto options = std::make_shared<syntax::ParseOptions>();
  Term file_term = keyword_get(options_list, atoms::file);
  auto file = std::make_shared<std::string>(!file_term.is_none() && is_binary(file_term) ? text_of(file_term) : "nofile");
  options->file = *file;
  options->line = number(atoms::line, 1);
  options->column = number(atoms::column, 1);
  options->columns = option(intern_atom("columns"), false);
  options->token_metadata = option(intern_atom("token_metadata"), false);
  options->existing_atoms_only = option(intern_atom("existing_atoms_only"), false);
  options->unescape = option(intern_atom("unescape"), true);
  options->emit_warnings = option(intern_atom("emit_warnings"), true);
  Term literal = keyword_get(options_list, intern_atom("literal_encoder"));
  Term atoms_encoder = keyword_get(options_list, intern_atom("static_atoms_encoder"));
  Term encoders[2] = {literal.is_none() || !literal.is_function() ? Term::none() : kept.keep(literal),
                      atoms_encoder.is_none() || !atoms_encoder.is_function() ? Term::none() : kept.keep(atoms_encoder)};
  auto result_term = [](TermHeap& heap, const syntax::ParseResult& result) {
    if (result.ok) return pair(heap, atoms::ok, result.ast);
    const syntax::SourceError& error = result.error;
    Terms meta;
    auto add = [&](const char* key, Term value) { meta.push_back(pair(heap, intern_atom(key), value)); };
    if (error.kind != syntax::SourceError::Kind::syntax) {
      if (!error.opening_delimiter.empty()) add("opening_delimiter", intern_atom(error.opening_delimiter));
      if (!error.expected_delimiter.empty()) add("expected_delimiter", intern_atom(error.expected_delimiter));
      if (error.kind == syntax::SourceError::Kind::mismatched_delimiter) add("closing_delimiter", intern_atom(error.closing_delimiter));
    }
    add("line", Term::small(error.line));
    add("column", Term::small(error.column));
    if (error.kind != syntax::SourceError::Kind::syntax) {
      add("end_line", Term::small(error.end_line));
      add("end_column", Term::small(error.end_column));
    }
    Term message = make_binary(heap, error.message);
    if (error.has_suffix) message = pair(heap, message, make_binary(heap, error.suffix));
    return pair(heap, atoms::error, make_tuple(heap, {make_list(heap, meta), message, make_binary(heap, error.token)}));
  };
  if (encoders[0].is_none() && encoders[1].is_none()) {
    std::string scratch;
    syntax::ParseResult result = syntax::parse(context.heap(), bytes_of(source_term, scratch), *options);
    return result_term(context.heap(), result);
  }
  struct Calls {
    Session* session;
    Term fun;
    static Term call(void* data, TermHeap&, Term value, Term metadata, std::string& error) {
      Calls* self = static_cast<Calls*>(data);
      const Term both[] = {value, metadata};
      Term answer = self->session->call_fun(self->fun, both);
      if (answer.is_none()) {
        error = "the encoder raised";
        return answer;
      }
      if (answer.is_tuple(2) && answer.element(0) == atoms::ok) return answer.element(1);
      if (answer.is_tuple(2) && answer.element(0) == atoms::error && is_binary(answer.element(1))) {
        std::string scratch;
        error = bytes_of(answer.element(1), scratch);
      }
      return Term::none();
    }
  };
  return Session::start(context, session_options(context), [=, literal_fun = encoders[0], atoms_fun = encoders[1]](Session& session) {
    (void)kept.arena;
    (void)file;
    Calls literals{&session, literal_fun}, atom_calls{&session, atoms_fun};
    syntax::ParseOptions here = *options;
    if (!literal_fun.is_none()) here.literal_encoder = {Calls::call, &literals};
    if (!atoms_fun.is_none()) here.static_atoms_encoder = {Calls::call, &atom_calls};
    std::string scratch;
    syntax::ParseResult result = syntax::parse(session.arena, bytes_of(source_term, scratch), here);
    if (session.failure) return Term::none();
    return result_term(session.arena, result);
  });
}

/// module_docs(module): the docs_v1 term of a loaded module, or nil.
Term module_docs(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom()) return context.badarg();
  Module* module = context.vm().code.find_module(arguments[0]);
  if (module && !module->from_image) return copy_term(context.heap(), module->docs);
  std::string held = library_docs(arguments[0]);
  std::string_view docs = held;
  if (docs.empty()) return atoms::nil;
  Term term = decode_external(context.heap(), docs);
  return term.is_none() ? atoms::nil : term;
}

/// library_modules(): the names of the library's modules, as strings.
Term library_modules_native(Context& context, const Term*) {
  Terms names;
  for (std::string_view name : library_modules()) names.push_back(make_binary(context.heap(), name));
  return make_list(context.heap(), names);
}

/// library_source(module): the compressed text of the file that a module of the library came from, or nil.
Term library_source_native(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom()) return context.badarg();
  std::string_view source = library_source(arguments[0]);
  return source.empty() ? atoms::nil : make_binary(context.heap(), source);
}

/// module_debug(module): [{typespecs, [{kind, quoted, line}]}], or nil.
Term module_debug(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom()) return context.badarg();
  Module* module = context.vm().code.find_module(arguments[0]);
  return module ? copy_term(context.heap(), module->debug) : atoms::nil;
}

/// :phial_code.ensure_loaded(module): {:module, module} or {:error, :nofile}
Term ensure_loaded_native(Context& context, const Term* arguments) {
  Term module = arguments[0];
  if (!module.is_atom()) return context.badarg();
  auto answer = [](TermHeap& heap, Term name, bool loaded) {
    return loaded ? pair(heap, atoms::module, name) : pair(heap, atoms::error, intern_atom("nofile"));
  };
  if (source_modules && source_modules->session && !context.vm().code.find_module(module)) {
    auto known = source_modules->files.find(module.atom_index());
    if (known != source_modules->files.end() && !source_modules->started.contains(known->second)) {
      return Session::start_nested(context, *source_modules->session, [=](Session& session) {
        bool loaded = session.ensure_loaded(module);
        return session.failure ? Term::none() : answer(session.arena, module, loaded);
      });
    }
  }
  bool natives_only = !context.vm().code.find_module(module) && context.vm().code.has_natives(module);
  return answer(context.heap(), module, context.vm().ensure_loaded(module) || natives_only);
}

/// :phial_code.set_path(directories): strings.
Term set_path(Context& context, const Term* arguments) {
  std::vector<std::string> directories;
  for (Term item : ListRange(arguments[0])) {
    if (!is_binary(item)) return context.badarg();
    directories.push_back(text_of(item));
  }
  context.vm().state<CodePath>().set(std::move(directories));
  return atoms::true_;
}

/// :phial_code.definition(module, name, arity): {:ok, kind, [{name, parameters, guards}]} with the heads of a function whose code came from
/// a file, else :error.
Term definition(Context& context, const Term* arguments) {
  if (!arguments[0].is_atom() || !arguments[1].is_atom() || !arguments[2].is_small()) return context.badarg();
  Module* module = context.vm().code.find_module(arguments[0]);
  Term all = module ? keyword_get(module->debug, intern_atom("definitions")) : Term::none();
  if (all.is_none()) return atoms::error;
  Term wanted = make_tuple(context.heap(), {arguments[1], arguments[2]});
  for (Term item : ListRange(all))
    if (item.is_tuple(3) && equal_exactly(item.element(0), wanted))
      return make_tuple(context.heap(), {atoms::ok, item.element(1), copy_term(context.heap(), item.element(2))});
  return atoms::error;
}

constexpr NativeEntry entries[] = {
    {"phial_compiler", "session_step", 2, step},
    {"phial_compiler", "session_call", 1, session_call},
    {"phial_compiler", "session_finish", 1, session_finish},
    {"phial_compiler", "eval_string", 3, eval_string},
    {"phial_compiler", "eval_quoted", 3, eval_quoted},
    {"phial_compiler", "eval_string_with_env", 3, eval_string_with_env},
    {"phial_compiler", "eval_quoted_with_env", 3, eval_quoted_with_env},
    {"phial_compiler", "eval_quoted_with_env", 4, eval_quoted_with_source},
    {"phial_compiler", "run_file", 2, run_file},
    {"phial_compiler", "compile_string", 2, compile_string},
    {"phial_compiler", "compile_in_parallel", 2, compile_in_parallel},
    {"phial_compiler", "compile_quoted", 2, compile_quoted},
    {"phial_compiler", "expand_once", 2, expand_once},
    {"phial_compiler", "expand", 2, expand},
    {"phial_compiler", "env_for_eval", 1, env_for_eval},
    {"phial_compiler", "define_module", 5, define_module},
    {"phial_compiler", "store_definition", 6, store_definition_native},
    {"phial_compiler", "make_overridable", 2, make_overridable_native},
    {"phial_compiler", "put_attribute", 4, put_attribute_native},
    {"phial_compiler", "read_attribute", 3, read_attribute_native},
    {"phial_compiler", "store_typespec", 4, store_typespec_native},
    {"phial_compiler", "quote_dot", 5, quote_dot},
    {"phial_compiler", "string_to_quoted", 2, string_to_quoted},
    {"phial_compiler", "module_docs", 1, module_docs},
    {"phial_compiler", "library_modules", 0, library_modules_native},
    {"phial_compiler", "library_source", 1, library_source_native},
    {"phial_compiler", "module_debug", 1, module_debug},
    {"phial_code", "ensure_loaded", 1, ensure_loaded_native},
    {"phial_code", "definition", 3, definition},
    {"phial_code", "set_path", 1, set_path},
};

}  // namespace

const NativeTable compiler_natives = {entries, std::size(entries)};

}  // namespace phial::compiler
