// The walk over quoted code: which form is it, and who expands it. See expander.hpp for the invariants.
#include <algorithm>

#include "compiler/expand/expander.hpp"

#include "compiler/expand/module_draft.hpp"
#include "compiler/expand/suggestions.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/number.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {
constexpr int max_nesting = 20000;
}

Expander::Expander(TermHeap& h, ExpansionHost& o, ExpanderOptions opts) : heap(h), host(o), options(opts) {
  reset_scope();
}

Term Expander::expand(Term expression) {
  if (!host.tick()) return Term::none();
  if (expression.is_cons()) return expand_list(expression);
  if (!expression.is_boxed() || !expression.is_tuple()) {
    if (expression.is_map()) return expand(escape_term(heap, expression));
    return expression;
  }
  if (++depth_ > max_nesting) {
    depth_--;
    return nesting_error();
  }
  Term result = Term::none();
  if (expression.is_tuple(2)) {
    Term list = expand_arguments(make_list(heap, {expression.element(0), expression.element(1)}));
    if (!list.is_none()) result = pair(heap, list.head(), list.tail().head());
  } else if (is_node(expression)) {
    result = expand_node(expression);
  } else {
    result = compile_error(Term::nil(), "invalid quoted expression: " + print_term(expression, 300) +
                                            "\n\nPlease make sure your quoted expressions are made of valid AST nodes. If you would like "
                                            "to introduce a value into the AST, such as a four-element tuple or a map, make sure to call "
                                            "Macro.escape/1 before");
  }
  depth_--;
  return result;
}

/// Expands the elements; outside of patterns and guards none sees the variables that another one binds.
Term Expander::expand_arguments(Term list) {
  Terms expanded;
  if (env.context != atoms::nil) {
    for (Term item : ListRange(list)) expanded.push_back(TRY(expand(item)));
    return make_list(heap, expanded);
  }
  Term before = scope.read, merged = before;
  for (Term item : ListRange(list)) {
    scope.read = before;
    expanded.push_back(TRY(expand(item)));
    merged = merge_reads(merged, scope.read);
  }
  scope.read = merged;
  return make_list(heap, expanded);
}

Term Expander::expand_list(Term list) {
  Terms items;
  Term at = list;
  for (; at.is_cons(); at = at.tail()) items.push_back(at.head());
  if (!at.is_nil())
    return compile_error(Term::nil(), "invalid quoted expression: " + print_term(list, 300));
  Term last = items.back();
  if (is_call(last, atoms::pipe, 2)) {
    Terms parts(items.begin(), items.end() - 1);
    parts.push_back(arguments_of(last).head());
    parts.push_back(arguments_of(last).tail().head());
    Term expanded = TRY(expand_arguments(make_list(heap, parts)));
    parts = list_items(expanded);
    Term tail = parts.back();
    parts.pop_back();
    parts.back() = node(heap, atoms::pipe, meta_of(last), {parts.back(), tail});
    return make_list(heap, parts);
  }
  return expand_arguments(list);
}

Term Expander::expand_nested(Term expression) {
  Environment saved_env = env;
  Term saved_read = scope.read;
  Term result = expand(expression);
  env = saved_env;
  scope.read = saved_read;
  return result;
}

/// A call of a function without effect, in the source, whose value nobody sees.
void Expander::warn_unused_result(Term source, Term result) {
  if (!is_node(source) || !is_node(result) || !column_of(meta_of(source)) || keyword_has(meta_of(source), atoms::generated)) return;
  if (!is_call(form_of(result), atoms::dot, 2) || arguments_of(form_of(result)).head() != atoms::erlang) return;
  Term name = arguments_of(form_of(result)).tail().head();
  int64_t arity = list_length(arguments_of(result));
  if (!name.is_atom() || arity < 0) return;
  // As the source calls it.
  Term called = form_of(source);
  if (!called.is_atom()) return;
  std::string_view text = atom_text(called);
  auto any_of = [&](std::initializer_list<std::string_view> names) { return std::find(names.begin(), names.end(), text) != names.end(); };
  std::string shown = name_arity(called, arity);
  if (arity == 2 && any_of({"==", "!=", "===", "!==", "<", ">", "<=", ">="}))
    warn(meta_of(source), "use of operator " + std::string(text) + " has no effect");
  else if (text.starts_with("is_") && is_guard_function(atoms::erlang, name, arity))
    warn(meta_of(source), "the call to " + shown + " has no effect");
  else if (any_of({"+", "-", "*", "/", "++", "--"}))
    warn(meta_of(source), "the result of evaluating operator '" + std::string(text) + "'/" + std::to_string(arity) +
                              " is ignored (suppress the warning by assigning the expression to the _ variable)");
  else if (any_of({"abs", "bit_size", "byte_size", "ceil", "div", "elem", "floor", "hd", "length", "map_size", "max", "min", "rem", "round", "tl",
                   "trunc", "tuple_size", "not"}))
    warn(meta_of(source), "the result of calling " + shown + " is ignored (suppress the warning by assigning the expression to the _ variable)");
}

Term Expander::expand_block(Term meta, Term expressions) {
  if (expressions.is_nil()) return atoms::nil;
  if (expressions.tail().is_nil()) return expand(expressions.head());
  if (env.in_match() || env.in_guard())
    return compile_error(meta, std::string("invalid expression in ") + (env.in_match() ? "match" : "guard") +
                                   ", __block__ is not allowed in " +
                                   (env.in_match() ? "patterns such as function clauses, case clauses or on the left side of the = operator"
                                                   : "guards"));
  Terms expanded;
  for (Term rest = expressions; rest.is_cons(); rest = rest.tail()) {
    Term source = rest.head();
    Term result = TRY(expand(source));
    bool last = rest.tail().is_nil();
    if (!last) {
      bool generated = keyword_has(meta, atoms::generated);
      if (is_variable(source) && is_variable(result) && !generated && !keyword_has(meta_of(source), atoms::generated) &&
          !keyword_has(meta_of(source), atoms::counter) && form_of(source) != atoms::underscore && keyword_has(meta_of(result), atoms::version)) {
        warn(meta_of(source), "variable " + plain_name(form_of(source)) +
                                  " in code block has no effect as it is never returned (remove the variable or assign it to _ to avoid "
                                  "warnings)");
      } else if (!generated && (source.is_number() || (source.is_bitstring() && is_binary(source)))) {
        warn(meta, "code block contains unused literal " + print_term(source, 100) +
                       " (remove the literal or assign it to _ to avoid warnings)");
      }
      if (!generated) warn_unused_result(source, result);
      if (result.is_atom()) continue;  // no effect and no value
    }
    expanded.push_back(result);
  }
  if (expanded.size() == 1) return expanded[0];
  return node(heap, atoms::block, meta, make_list(heap, expanded));
}

Term Expander::expand_alias(Term alias) {
  Term meta = meta_of(alias), parts = arguments_of(alias);
  if (!parts.is_cons()) return compile_error(meta, "invalid alias");
  Term first = parts.head();
  if (first == atoms::elixir) return concat_alias_list(parts);
  if (!first.is_atom()) {
    first = TRY(expand(first));
    if (!first.is_atom()) {
      return compile_error(meta, "invalid alias: \"" + quoted_text(alias) + "\". If you wanted to define an alias, an alias must expand to an "
                                 "atom at compile time but it did not, you may use Module.concat/2 to build it at runtime. If instead you "
                                 "wanted to invoke a function or access a field, wrap the function or field name in double quotes");
    }
    return concat_alias_list(make_cons(heap, first, parts.tail()));
  }
  Term target = lookup_alias(meta, first);
  Term module = concat_alias_list(target.is_none() ? parts : make_cons(heap, target, parts.tail()));
  host.depends_on(module, DependencyKind::runtime);
  return module;
}

namespace {

Term argument(Term arguments, size_t index) {
  while (index--) arguments = arguments.tail();
  return arguments.head();
}

}  // namespace

Term Expander::expand_node(Term expression) {
  Term form = form_of(expression), meta = meta_of(expression), arguments = arguments_of(expression);
  if (form.is_atom()) {
    if (arguments.is_atom()) return expand_variable(expression);
    if (list_length(arguments) < 0)
      return compile_error(meta, "invalid quoted expression: " + print_term(expression, 300));
    bool handled = false;
    Term result = expand_special(expression, handled);
    if (handled) return result;
    return expand_local(meta, form, arguments);
  }
  if (!arguments.is_list()) return compile_error(meta, "invalid quoted expression: " + print_term(expression, 300));
  if (is_call_of(form, atoms::dot)) return expand_dotted(expression);
  return compile_error(meta, "invalid call " + quoted_text(expression));
}

Term Expander::expand_special(Term expression, bool& handled) {
  Term form = form_of(expression), meta = meta_of(expression), arguments = arguments_of(expression);
  ptrdiff_t count = list_length(arguments);
  handled = true;
  switch (form.atom_index()) {
    case atoms::index_match_operator:
      if (count == 2) return expand_match(meta, argument(arguments, 0), argument(arguments, 1));
      break;
    case atoms::index_tuple_form: {
      Term items = TRY(expand_arguments(arguments));
      if (count == 2) return pair(heap, items.head(), items.tail().head());
      return node(heap, form, meta, items);
    }
    case atoms::index_map_form: return expand_map(meta, arguments);
    case atoms::index_percent:
      if (count == 2) return expand_struct(meta, argument(arguments, 0), argument(arguments, 1));
      break;
    case atoms::index_bits_form: return expand_bits(meta, arguments);
    case atoms::index_arrow:
      if (count == 2)
        return compile_error(meta, "unhandled operator ->");
      break;
    case atoms::index_double_colon:
      if (count == 2)
        return compile_error(meta, "misplaced operator ::/2\n\nThe :: operator is typically used in bitstrings to specify types and sizes of "
                                   "segments:\n\n    <<size::32-integer, letters::utf8, rest::binary>>\n\nIt is also used in typespecs, such as @type and "
                                   "@spec, to describe inputs and outputs");
      break;
    case atoms::index_pipe:
      if (count == 2)
        return compile_error(meta, "misplaced operator |/2\n\nThe | operator is typically used between brackets as the cons operator:\n\n    [head | "
                                   "tail]\n\nwhere head is a single element and the tail is the remaining of a list.\nIt is also used to update maps and "
                                   "structs, via the %{map | key: value} notation,\nand in typespecs, such as @type and @spec, to express the union "
                                   "of two types");
      break;
    case atoms::index_aliases: return expand_alias(expression);
    case atoms::index_block: return expand_block(meta, arguments);
    case atoms::index_alias:
    case atoms::index_require:
    case atoms::index_import: {
      if (count != 1 && count != 2) break;
      Term options_list = count == 2 ? argument(arguments, 1) : Term::nil();
      Term target = argument(arguments, 0);
      if (is_node(target) && is_call(form_of(target), atoms::dot, 2) &&
          argument(arguments_of(form_of(target)), 1) == atoms::tuple_form)
        return expand_multi_alias(form, meta, argument(arguments_of(form_of(target)), 0), arguments_of(target), options_list);
      if (form == atoms::alias) return expand_alias_form(meta, target, options_list);
      if (form == atoms::require) return expand_require(meta, target, options_list);
      return expand_import(meta, target, options_list);
    }
    case atoms::index_module_form:
      if (count == 0) return env.module;
      break;
    case atoms::index_quote:
      if (count == 1) {
        Term only = argument(arguments, 0);
        Term block = keyword_get(only, atoms::do_);
        if (!is_keyword(only) || block.is_none()) return compile_error(meta, "missing :do option in \"quote\"");
        return expand_quote(meta, keyword_delete(heap, only, atoms::do_), block);
      }
      if (count == 2) {
        Term block = keyword_get(argument(arguments, 1), atoms::do_);
        if (block.is_none()) return compile_error(meta, "missing :do option in \"quote\"");
        return expand_quote(meta, argument(arguments, 0), block);
      }
      break;
    case atoms::index_unquote:
    case atoms::index_unquote_splicing:
      if (count == 1)
        return compile_error(meta, std::string(atom_text(form)) + " called outside quote");
      break;
    case atoms::index_capture:
      if (count == 1) return expand_capture(meta, argument(arguments, 0));
      break;
    case atoms::index_fn: return expand_fn(meta, arguments);
    case atoms::index_case_:
      if (count == 2) return expand_case(meta, argument(arguments, 0), argument(arguments, 1));
      break;
    case atoms::index_cond:
      if (count == 1) return expand_cond(meta, argument(arguments, 0));
      break;
    case atoms::index_receive:
      if (count == 1) return expand_receive(meta, argument(arguments, 0));
      break;
    case atoms::index_try_:
      if (count == 1) return expand_try(meta, argument(arguments, 0));
      break;
    case atoms::index_with:
      if (count >= 1) return expand_with(meta, arguments);
      break;
    case atoms::index_for_:
      if (count >= 1) return expand_for(meta, arguments);
      break;
    case atoms::index_pin:
      if (count == 1) return expand_pin(meta, argument(arguments, 0));
      break;
    case atoms::index_super: {
      if (!draft || !definition) break;
      Term target = super_target(*this, meta, count);
      if (target.is_none()) return target;
      Term expanded = TRY(expand_arguments(arguments));
      if (definition->kind == atoms::defmacro || definition->kind == atoms::defmacrop) {
        Term caller = node(heap, atoms::caller_form, make_list(heap, {pair(heap, atoms::version, scope.caller_version)}), atoms::nil);
        expanded = make_cons(heap, caller, expanded);
      }
      return node(heap, target, meta, expanded);
    }
    default: break;
  }
  handled = false;
  return Term::none();
}

Term Expander::expand_variable(Term variable) {
  Term name = form_of(variable), meta = meta_of(variable);
  switch (name.atom_index()) {
    case atoms::index_module_form: return env.module;
    case atoms::index_dir_form: {
      std::string file = file_text();
      size_t slash = file.rfind('/');
      if (slash == std::string::npos || file == "nofile") return atoms::nil;
      return text_term(heap, file.substr(0, slash));
    }
    case atoms::index_env_form: {
      if (env.in_match()) return compile_error(meta, "invalid pattern in match, __ENV__ is not allowed in matches");
      Environment here = env;
      if (int64_t line = line_of(meta)) here.line = line;
      return escape_term(heap, environment_to_map(heap, here, scope.read));
    }
    case atoms::index_caller_form:
      if (env.in_match()) return compile_error(meta, "invalid pattern in match, __CALLER__ is not allowed in matches");
      if (!scope.caller) return compile_error(meta, "__CALLER__ is available only inside defmacro and defmacrop");
      return node(heap, name, keyword_put(heap, meta, atoms::version, scope.caller_version), arguments_of(variable));
    case atoms::index_stacktrace_form:
      if (env.in_match()) return compile_error(meta, "invalid pattern in match, __STACKTRACE__ is not allowed in matches");
      if (!scope.stacktrace) return compile_error(meta, "__STACKTRACE__ is available only inside catch and rescue clauses of try expressions");
      return variable;
    case atoms::index_underscore:
      if (env.in_match()) return variable;
      return compile_error(meta, "invalid use of _. _ can only be used inside patterns to ignore values and cannot be used in expressions. "
                                 "Make sure you are inside a pattern or change it accordingly");
    default: break;
  }
  if (env.in_match()) return bind_variable(variable);
  Term found = read_variable(variable, scope.read);
  if (!found.is_none()) return found;
  // Old tutorials write zero-arity calls without parentheses: a call when there is such a function, an error otherwise.
  if (!env.in_guard()) {
    Resolution resolution = resolve(meta, name, 0);
    if (resolution.kind != Resolution::Kind::none && resolution.kind != Resolution::Kind::builtin)
      return expand_local(meta, name, Term::nil());
    if (env.in_function() && draft && variable_kind(meta, arguments_of(variable)) == atoms::nil) {
      record_local_call(*this, meta, name, 0, true);
      if (!draft->local_calls.empty() && draft->local_calls.back().name == name) draft->local_calls.back().similar_variable = similar_variable(*this, name);
      return node(heap, name, meta, Term::nil());
    }
  }
  std::string text(atom_text(name));
  if (!keyword_get(meta, atoms::counter).is_none() || arguments_of(variable) != atoms::nil) {
    std::string context = keyword_has(meta, atoms::counter) || arguments_of(variable) != atoms::nil
                              ? " (context " + plain_name(arguments_of(variable)) + ")" : "";
    report_error(meta, "undefined variable \"" + text + "\"" + context);
  } else {
    report_error(meta, "undefined variable \"" + text + "\"" + similar_variable(*this, name));
  }
  return atoms::nil;
}

Term Expander::expand_dotted(Term expression) {
  Term dot = form_of(expression), meta = meta_of(expression), arguments = arguments_of(expression);
  Term parts = arguments_of(dot);
  if (list_length(parts) == 1) {  // fun.(arguments)
    if (env.in_match()) return compile_error(meta, "invalid call " + quoted_text(expression));
    if (env.in_guard()) return compile_error(meta, "anonymous call is not allowed in guards. To invoke a function value, use a case in the body");
    Term all = TRY(expand_arguments(make_cons(heap, parts.head(), arguments)));
    if (all.head().is_atom())
      return compile_error(meta, "invalid function call :" + std::string(atom_text(all.head())) + ".()");
    return node(heap, node(heap, atoms::dot, meta_of(dot), {all.head()}), meta, all.tail());
  }
  if (list_length(parts) != 2 || !parts.tail().head().is_atom())
    return compile_error(meta, "invalid call " + quoted_text(expression));
  Term left = parts.head(), name = parts.tail().head();
  if (name == atoms::tuple_form) {
    return compile_error(meta, "invalid call: " + quoted_text(left) + ".{}");
  }
  bool pending = false;
  Term before = scope.read;
  Term receiver;
  if (env.in_match()) {
    // Only macros may be called in patterns; their receivers are aliases and atoms.
    receiver = is_call_of(left, atoms::aliases) ? TRY(expand_alias(left)) : left;
    if (is_variable(receiver) && form_of(receiver) == atoms::module_form) receiver = env.module;
  } else {
    receiver = TRY(expand(left));
    pending = scope.read.word != before.word;
  }
  if (!pending) return expand_remote(receiver, meta_of(dot), name, meta, arguments);
  Term after_receiver = scope.read;
  scope.read = before;
  Term result = TRY(expand_remote(receiver, meta_of(dot), name, meta, arguments));
  scope.read = merge_reads(after_receiver, scope.read);
  return result;
}

/// :ets.fun2ms/1 and :dbg.fun2ms/1 take a function apart while it is compiled, so they are macros that no one requires.
static bool is_match_spec_macro(Term receiver, Term name, ptrdiff_t arity) {
  return arity == 1 && atom_text(name) == "fun2ms" && (atom_text(receiver) == "ets" || atom_text(receiver) == "dbg");
}

Term Expander::expand_remote(Term receiver, Term dot_meta, Term name, Term meta, Term arguments) {
  ptrdiff_t arity = list_length(arguments);
  if (receiver.is_atom()) {
    if (Builtin builtin = builtin_of(remote_call(heap, meta, receiver, name, arguments)); builtin != Builtin::none)
      return expand_builtin(builtin, meta, arguments);
    if (is_required(receiver) || receiver == env.module || is_match_spec_macro(receiver, name, arity)) {
      if (receiver != env.module && host.ensure_loaded(receiver) &&
          host.exports(receiver, intern_atom("MACRO-" + std::string(atom_text(name))), static_cast<unsigned>(arity + 1)))
        return expand_macro(meta, receiver, name, arguments);
      if (host.failure) return Term::none();
    }
    if (env.in_match()) {
      bool operators = receiver == atoms::erlang || receiver == atoms::kernel;
      if (operators && name == atoms::append && arity == 2) {
        // A literal list ++ tail in a pattern becomes a cons pattern.
        Term list = argument(arguments, 0), tail = argument(arguments, 1);
        list = TRY(expand(list));
        if (!list.is_list())
          return compile_error(meta, "invalid argument for ++ operator inside a match, expected a literal proper list, got: " + quoted_text(list));
        tail = TRY(expand(tail));
        Terms items = list_items(list);
        if (items.empty()) return tail;
        if (tail.is_list()) {
          for (Term item : ListRange(tail)) items.push_back(item);
          return make_list(heap, items);
        }
        items.back() = node(heap, atoms::pipe, Term::nil(), {items.back(), tail});
        return make_list(heap, items);
      }
      if (operators && (name == atoms::plus || name == atoms::minus) && arity == 1) {
        Term value = TRY(expand(argument(arguments, 0)));
        if (value.is_number()) {
          return name == atoms::plus ? value : number_negate(heap, value);
        }
      }
      return compile_error(meta, "cannot invoke remote function " + mfa_text(receiver, name, arity) + " inside a match");
    }
  } else if (env.in_match()) {
    return compile_error(meta, "invalid pattern in match, " + quoted_text(receiver) + "." + std::string(atom_text(name)) + " is not allowed");
  }
  Term expanded = TRY(expand_arguments(arguments));
  if (receiver.is_atom()) {
    Term inlined = inline_function(heap, meta, receiver, name, expanded);
    if (!inlined.is_none()) {
      if (env.in_guard() && is_node(inlined) && is_call(form_of(inlined), atoms::dot, 2)) {
        Term target = arguments_of(form_of(inlined));
        if (!is_guard_function(target.head(), target.tail().head(), list_length(arguments_of(inlined))))
          return compile_error(meta, "cannot invoke remote function " + mfa_text(receiver, name, arity) + " inside a guard");
      }
      return inlined;
    }
    if (env.in_guard()) {
      if (!is_guard_function(receiver, name, arity)) {
        return compile_error(meta, "cannot invoke remote function " + mfa_text(receiver, name, arity) + " inside a guard");
      }
    } else if (receiver != atoms::erlang) {
      host.depends_on(receiver, env.in_function() ? DependencyKind::runtime : DependencyKind::compile);
      if (env.in_function())
        remote_calls.push_back({receiver, name, arity, line_of(meta), column_of(meta), env.function, env.module, env.file});
      if (receiver == atoms::string_chars && name == atoms::to_string && arity == 1) return rewrite_call(meta, receiver, name, expanded);
    }
  } else if (receiver.is_number() || receiver.is_bitstring() || receiver.is_list()) {
    return compile_error(meta, "invalid call " + quoted_text(remote_call(heap, meta, receiver, name, arguments)));
  } else if (env.in_guard()) {
    if (arity != 0 || !keyword_has(meta, atoms::no_parens))
      return compile_error(meta, "cannot invoke remote function in guards: " + quoted_text(remote_call(heap, meta, receiver, name, arguments)));
    return remote_call(heap, meta, atoms::erlang, atoms::map_get, make_list(heap, {name, receiver}));
  }
  Term dot = node(heap, atoms::dot, dot_meta, {receiver, name});
  return node(heap, dot, meta, expanded);
}

Term Expander::expand_local(Term meta, Term name, Term arguments) {
  ptrdiff_t arity = list_length(arguments);
  Resolution resolution = resolve(meta, name, arity);
  if (!resolution.rival.is_none()) return ambiguous_import(meta, resolution, name, arity);
  switch (resolution.kind) {
    case Resolution::Kind::builtin: return expand_builtin(resolution.builtin, meta, arguments);
    case Resolution::Kind::macro:
      use_import(resolution.receiver, name, arity);
      record_import_use(*this, name, arity, resolution.receiver, meta);
      return expand_macro(meta, resolution.receiver, name, arguments);
    case Resolution::Kind::local_macro: return expand_local_macro(meta, name, arguments);
    case Resolution::Kind::function:
      use_import(resolution.receiver, name, arity);
      record_import_use(*this, name, arity, resolution.receiver, meta);
      return expand_remote(resolution.receiver, meta, name, keyword_delete(heap, meta, atoms::no_parens), arguments);
    case Resolution::Kind::none: break;
  }
  if (env.in_match())
    return compile_error(meta, "cannot find or invoke local " + name_arity(name, arity) +
                                   " inside a match. Only macros can be invoked inside a match and they must be defined before their "
                                   "invocation. Called as: " + quoted_text(node(heap, name, meta, arguments)));
  if (env.in_guard())
    return compile_error(meta, "cannot find or invoke local " + name_arity(name, arity) +
                                   " inside a guard. Only macros can be invoked inside a guard and they must be defined before their "
                                   "invocation. Called as: " + quoted_text(node(heap, name, meta, arguments)));
  Term expanded = TRY(expand_arguments(arguments));
  if (!env.in_function()) {
    if (env.in_module() && draft && draft_defines(*draft, name, arity)) {
      return compile_error(meta, "cannot invoke function " + name_arity(name, arity) + " inside module body");
    }
    report_error(meta, "undefined function " + name_arity(name, arity) + " (there is no such import)" + similar_import(*this, name));
    return atoms::nil;
  }
  record_local_call(*this, meta, name, arity, false);
  return node(heap, name, meta, expanded);
}

}  // namespace phial::compiler
