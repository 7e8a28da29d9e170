// quote: turns quoted code into code that builds it.
//
// The result is itself quoted code: nodes become {:{}, [], [form, meta, arguments]}, `unquote` lets its argument through, and what
// hygiene needs is put into the metas: a context for variables, the frozen meaning of aliases (`alias:`) and of imported calls
// (`imports:` with `context:`). The same walk without hygiene (`escape_with_unquotes`) serves definitions with unquote fragments.
#include "compiler/expand/expander.hpp"

namespace phial::compiler {

namespace {

struct Quote {
  Expander& expander;
  TermHeap& heap;
  Term context = Term::none();      // expression for the variables' context
  bool hygienic = true;             // false: metas and names stay as they are
  bool unquotes = true;             // unquote fragments are live
  Term line = atoms::false_;        // false: dropped, true: kept, else an expression
  Term keep_file = Term::none();    // location: :keep
  bool generated = false;

  explicit Quote(Expander& e) : expander(e), heap(e.heap) {}

  Term tuple(std::initializer_list<Term> elements) {
    return node(heap, atoms::tuple_form, Term::nil(), elements);
  }

  Term meta(Term source) {
    if (!hygienic) {
      return escape_term(heap, source);
    }
    Term result = source;
    if (!keep_file.is_none()) {
      int64_t at = line_of(source);
      Term number = line.is_small() ? line : Term::small(at);
      result = keyword_delete(heap, keyword_delete(heap, result, atoms::line), atoms::column);
      result = escape_term(heap, result);
      result = make_cons(heap, pair(heap, atoms::keep, pair(heap, keep_file, number)), result);
    } else if (line == atoms::true_) {
      result = escape_term(heap, result);
    } else {
      result = keyword_delete(heap, keyword_delete(heap, result, atoms::line), atoms::column);
      result = escape_term(heap, result);
      if (line != atoms::false_) result = make_cons(heap, pair(heap, atoms::line, line), result);
    }
    if (generated) result = keyword_put(heap, result, atoms::generated, atoms::true_);
    return result;
  }

  /// meta() plus context: and imports: pairs, whose values are expressions.
  Term meta_with(Term source, Term imports, bool with_context) {
    Term clean = keyword_delete(heap, keyword_delete(heap, source, atoms::imports), atoms::context);
    bool plain = imports.is_nil() && !with_context;
    Term result = meta(plain ? source : clean);
    if (!imports.is_nil()) result = make_cons(heap, pair(heap, atoms::imports, imports), result);
    if (with_context) result = make_cons(heap, pair(heap, atoms::context, context), result);
    if (generated && !plain) result = keyword_put(heap, result, atoms::generated, atoms::true_);
    return result;
  }

  Term list(Term items) {
    Terms all;
    Term at = items;
    for (; at.is_cons(); at = at.tail()) all.push_back(at.head());
    if (!at.is_nil()) {  // improper
      Terms parts;
      for (Term item : all) parts.push_back(TRY(quote(item)));
      Term tail = TRY(quote(at));
      parts.back() = node(heap, atoms::pipe, Term::nil(), {parts.back(), tail});
      return make_list(heap, parts);
    }
    Term result = Term::nil();
    Terms run;  // elements since the last splice, in reverse
    auto flush = [&] {
      for (Term item : run) {
        // A list literal in front of a known list literal grows it, otherwise it becomes a cons pattern list.
        if (result.is_list()) {
          result = make_cons(heap, item, result);
        } else {
          Term cell = node(heap, atoms::pipe, Term::nil(), {item, result});
          result = make_list(heap, {cell});
        }
      }
      run.clear();
    };
    for (auto item = all.rbegin(); item != all.rend(); ++item) {
      if (unquotes && is_call(*item, atoms::unquote_splicing, 1)) {
        flush();
        Term spliced = arguments_of(*item).head();
        if (result.is_nil()) {
          result = spliced;
        } else {
          result = remote_call(heap, meta_of(*item), atoms::erlang, atoms::append, make_list(heap, {spliced, result}));
        }
      } else if (unquotes && is_call(*item, atoms::pipe, 2) &&
                 is_call(arguments_of(*item).head(), atoms::unquote_splicing, 1)) {
        flush();
        Term spliced = arguments_of(arguments_of(*item).head()).head();
        Term tail = TRY(quote(arguments_of(*item).tail().head()));
        result = remote_call(heap, meta_of(*item), intern_atom("Elixir.Kernel.Utils"), intern_atom("splice_tail"), make_list(heap, {spliced, tail}));
      } else {
        run.push_back(TRY(quote(*item)));
      }
    }
    flush();
    return result;
  }

  Term quote(Term term) {
    if (term.is_cons()) return list(term);
    if (!term.is_tuple()) return escape_term(heap, term);
    if (term.is_tuple(2)) {
      Term left = term.element(0), right = term.element(1);
      if (unquotes && (is_call(left, atoms::unquote_splicing, 1) || is_call(right, atoms::unquote_splicing, 1)))
        return quote(node(heap, atoms::tuple_form, Term::nil(), {left, right}));
      left = TRY(quote(left));
      return pair(heap, left, TRY(quote(right)));
    }
    if (!is_node(term)) {
      Terms items;
      for (size_t i = 0; i < term.arity(); i++) items.push_back(TRY(quote(term.element(i))));
      return node(heap, atoms::tuple_form, Term::nil(), make_list(heap, items));
    }
    return quote_node(term);
  }

  Term plain_node(Term form, Term quoted_meta, Term arguments) {
    Term quoted_form = form.is_atom() ? form : TRY(quote(form));
    Term quoted_arguments = arguments.is_atom() ? arguments : TRY(list(arguments));
    if (hygienic && arguments.is_cons() && quoted_arguments.is_cons() && defines(form))
      quoted_arguments = make_cons(heap, with_context(arguments.head(), quoted_arguments.head()), quoted_arguments.tail());
    return tuple({quoted_form, quoted_meta, quoted_arguments});
  }

  /// def and its kin, and @, called as such or on a module.
  static bool defines(Term form) {
    if (is_call(form, atoms::dot, 2)) form = arguments_of(form).tail().head();
    return form == atoms::def || form == atoms::defp || form == atoms::defmacro || form == atoms::defmacrop ||
           form == atoms::attribute_form;
  }

  /// What a macro defines is marked with the macro's module, so that warnings can tell it from what the module's author wrote.
  Term with_context(Term source, Term quoted) {
    if (!is_node(source) || is_call(source, atoms::unquote, 1) || !is_call(quoted, atoms::tuple_form, 3)) return quoted;
    Term parts = arguments_of(quoted), meta = parts.tail().head();
    if (!meta.is_list() || keyword_has(meta, atoms::context)) return quoted;
    return tuple({parts.head(), make_cons(heap, pair(heap, atoms::context, context), meta), parts.tail().tail().head()});
  }

  /// left.unquote(name)(arguments)
  Term quote_dot(Term dot_meta, Term left, Term name, Term call_meta, Term arguments) {
    Term quoted_left = TRY(quote(left));
    Term quoted_arguments = arguments.is_none() ? atoms::nil : TRY(list(arguments));
    return remote_call(heap, dot_meta, atoms::phial_compiler, atoms::quote_dot,
                       make_list(heap, {meta(dot_meta), meta(call_meta), quoted_left, name, quoted_arguments}));
  }

  Term quote_node(Term term) {
    Term form = form_of(term), source = meta_of(term), arguments = arguments_of(term);
    if (unquotes) {
      if (is_call(term, atoms::unquote, 1)) return arguments.head();
      if (is_call(term, atoms::unquote_splicing, 1))
        return expander.compile_error(source, "unquote_splicing only works inside arguments and block contexts, wrap it in parens if you want "
                                              "it to work with one-liners");
      // left.unquote(name)  and  left.unquote(name)(arguments)
      auto unquoted_name = [](Term call) {
        if (!is_node(call)) return false;
        Term f = form_of(call);
        return is_call(f, atoms::dot, 2) && arguments_of(f).tail().head() == atoms::unquote && list_length(arguments_of(call)) == 1;
      };
      if (is_node(form) && unquoted_name(form) && arguments.is_list())
        return quote_dot(meta_of(form_of(form)), arguments_of(form_of(form)).head(), arguments_of(form).head(), source, arguments);
      if (unquoted_name(term))
        return quote_dot(meta_of(form), arguments_of(form).head(), arguments.head(), source, Term::none());
    }
    if (form == atoms::quote && arguments.is_cons()) {
      Quote inner = *this;
      inner.unquotes = false;
      Term quoted_meta = hygienic ? meta_with(source, Term::nil(), true) : meta(source);
      if (arguments.tail().is_nil()) {
        Term only = TRY(inner.quote(arguments.head()));
        return tuple({form, quoted_meta, make_list(heap, {only})});
      }
      Term first = TRY(quote(arguments.head()));
      Term second = TRY(inner.quote(arguments.tail().head()));
      return tuple({form, quoted_meta, make_list(heap, {first, second})});
    }
    if (!hygienic) return plain_node(form, meta(source), arguments);
    if (form == atoms::aliases && arguments.is_cons()) {
      if (arguments.head() != atoms::elixir && arguments.head().is_atom()) {
        Term frozen = expander.lookup_alias(source, arguments.head());
        Term full = frozen.is_none() ? atoms::false_ : concat_alias_list(make_cons(heap, frozen, arguments.tail()));
        Term clean = keyword_delete(heap, keyword_delete(heap, source, atoms::alias), atoms::counter);
        Term quoted_meta = make_cons(heap, pair(heap, atoms::alias, full), meta(clean));
        return tuple({form, quoted_meta, arguments});
      }
      return plain_node(form, meta(source), arguments);
    }
    if (!form.is_atom()) return plain_node(form, meta(source), arguments);
    if (arguments.is_atom()) {
      Term imports = expander.imported_arities(form);
      return tuple({form, meta_with(source, imports, !imports.is_nil()), arguments == atoms::nil ? context : arguments});
    }
    if (form == atoms::capture && list_length(arguments) == 1 && is_call(arguments.head(), atoms::divide, 2)) {
      Term slash = arguments_of(arguments.head());
      Term target = slash.head(), arity = slash.tail().head();
      if (is_variable(target) && arity.is_small()) {
        for (Term import : ListRange(expander.imported_arities(form_of(target))))
          if (import.element(0) == arity)
            return plain_node(form, meta_with(source, make_list(heap, {import}), true), arguments);
      }
    }
    if (form == atoms::import || form == atoms::alias || form == atoms::require)
      return plain_node(form, meta_with(source, Term::nil(), true), arguments);
    Term imports = expander.imported_arities(form);
    return plain_node(form, meta_with(source, imports, !imports.is_nil()), arguments);
  }
};

}  // namespace

Term Expander::escape_with_unquotes(Term quoted) {
  Quote quote(*this);
  quote.hygienic = false;
  return quote.quote(quoted);
}

Term Expander::expand_quote(Term meta, Term options_list, Term block) {
  if (!is_keyword(options_list)) return compile_error(meta, "invalid options for quote, expected a keyword list");
  Quote quote(*this);
  quote.context = env.in_module() ? env.module : atoms::elixir;
  Terms bindings;
  bool has_bindings = false, unquote_given = false;
  for (Term option : ListRange(options_list)) {
    Term key = option.element(0), value = option.element(1);
    if (key == atoms::bind_quoted) {
      if (!is_keyword(value)) {
        return compile_error(meta, "invalid :bind_quoted for quote, expected a keyword list of variable names");
      }
      has_bindings = true;
      for (Term binding : ListRange(value)) bindings.push_back(binding);
      if (!unquote_given) quote.unquotes = false;
    } else if (key == atoms::unquote) {
      Term flag = TRY(expand(value));
      unquote_given = true;
      quote.unquotes = flag == atoms::true_;
    } else if (key == atoms::context) {
      value = TRY(expand(value));
      if (value == atoms::nil) return compile_error(meta, "invalid :context for quote, expected non-nil compile time atom or alias, got: nil");
      quote.context = value;
    } else if (key == atoms::location) {
      if (value == atoms::keep) quote.keep_file = env.file;
    } else if (key == atoms::line) {
      quote.line = value;
    } else if (key == atoms::file) {
      quote.keep_file = value == atoms::true_ ? env.file : value;
    } else if (key == atoms::generated) {
      quote.generated = value == atoms::true_;
    } else {
      return compile_error(meta, "unsupported option :" + std::string(atom_text(key)) + " given to quote");
    }
  }
  Term code = TRY(quote.quote(block));
  if (has_bindings && !bindings.empty()) {
    Terms statements;
    for (Term binding : bindings) {
      Term line = line_meta(heap, line_of(meta));
      Term variable = quote.tuple({binding.element(0), escape_term(heap, line), quote.context});
      statements.push_back(quote.tuple({atoms::match_operator, Term::nil(), make_list(heap, {variable, binding.element(1)})}));
    }
    statements.push_back(code);
    code = quote.tuple({atoms::block, Term::nil(), make_list(heap, statements)});
  }
  return expand(code);
}

}  // namespace phial::compiler
