#include "compiler/expand/type_check.hpp"

#include <algorithm>
#include <unordered_map>

#include "compiler/expand/module_draft.hpp"
#include "compiler/expand/signatures.hpp"
#include "compiler/expand/types.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/print.hpp"

namespace phial::compiler {

namespace {

struct VariableType {
  Type type;
  Term origin = Term::none();  // the expression that bound it
  Term meta = Term::nil();
};

bool stands_in_source(Term meta) { return column_of(meta) != 0 && !keyword_has(meta, atoms::generated); }

bool is_comparison(Term name) {
  static const Term names[] = {intern_atom("=="), intern_atom("/="), intern_atom("=:="), intern_atom("=/="), intern_atom("<"),
                               intern_atom(">"), intern_atom("=<"), intern_atom(">=")};
  return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

class Checker {
 public:
  Checker(Expander& expander, ModuleDraft& d) : e(expander), draft(d), heap(expander.heap) {}

  void check(const Definition& definition) {
    Environment saved = e.env;
    e.env.function = phial::make_tuple(heap, {definition.name, Term::small(definition.arity)});
    if (!definition.file.is_none()) e.env.file = definition.file;
    for (const Clause& clause : definition.clauses) {
      variables_.clear();
      parameters_ = true;
      for (Term parameter : clause.parameters) bind(parameter, Type::any(), parameter);
      parameters_ = false;
      for (Term guard : clause.guards) judge_guard(guard);
      walk(clause.body);
    }
    e.env = saved;
  }

 private:
  Expander& e;
  ModuleDraft& draft;
  TermHeap& heap;
  std::unordered_map<int64_t, VariableType> variables_;
  bool parameters_ = false;
  int depth_ = 0;

  // -- messages

  /// The code as it stood in the source: operators instead of calls of :erlang, structs instead of maps.
  Term as_written(Term code) {
    if (code.is_cons()) {
      Terms items;
      Term rest = code;
      for (; rest.is_cons(); rest = rest.tail()) items.push_back(as_written(rest.head()));
      return make_list(heap, items);
    }
    if (code.is_tuple(2)) return pair(heap, as_written(code.element(0)), as_written(code.element(1)));
    if (!is_node(code)) return code;
    Term form = form_of(code), arguments = arguments_of(code);
    if (arguments.is_atom()) return code;
    if (is_call(form, atoms::dot, 2) && arguments_of(form).head() == atoms::erlang) {
      Term name = arguments_of(form).tail().head();
      std::vector<const Signature*> known = signatures_of(name, static_cast<size_t>(list_length(arguments)));
      static const std::unordered_map<std::string, const char*> renamed = {
          {"=:=", "==="}, {"=/=", "!=="}, {"/=", "!="}, {"=<", "<="}, {"andalso", "and"}, {"orelse", "or"}};
      auto other = renamed.find(std::string(atom_text(name)));
      if (other != renamed.end()) return node(heap, intern_atom(other->second), meta_of(code), as_written(arguments));
      if (is_comparison(name)) return node(heap, name, meta_of(code), as_written(arguments));
      if (!known.empty()) {
        std::string shown = known[0]->shown;
        size_t dot = shown.find('.'), slash = shown.rfind('/');
        Term module = intern_atom("Elixir." + shown.substr(0, dot)), function = intern_atom(shown.substr(dot + 1, slash - dot - 1));
        Terms list = list_items(arguments);
        if (name == intern_atom("element") && list.size() == 2) {
          Term index = list[0].is_small() ? Term::small(list[0].small_value() - 1) : list[0];
          list = {list[1], index};
        }
        if (static_cast<size_t>(shown[slash + 1] - '0') < list.size()) list.resize(static_cast<size_t>(shown[slash + 1] - '0'));
        Term written = as_written(make_list(heap, list));
        if (module == atoms::kernel) return node(heap, function, meta_of(code), written);
        return remote_call(heap, meta_of(code), module, function, written);
      }
    }
    if (form == atoms::map_form) {
      Term module = Term::none();
      Terms rest;
      Term given = keyword_get(meta_of(code), intern_atom("given"));
      int64_t skip = given.is_none() ? 0 : list_length(arguments) - given.small_value();
      for (Term item : ListRange(arguments)) {
        bool is_default = skip-- > 0;
        if (item.is_tuple(2) && item.element(0) == atoms::struct_ && item.element(1).is_atom()) module = item.element(1);
        else if (!is_default) rest.push_back(as_written(item));
      }
      Term map = node(heap, atoms::map_form, meta_of(code), make_list(heap, rest));
      return module.is_none() ? map : node(heap, atoms::percent, meta_of(code), {module, map});
    }
    if (form == atoms::bits_form) {
      Terms segments;
      for (Term item : ListRange(arguments)) {
        if (!is_call(item, atoms::double_colon, 2)) {
          segments.push_back(item);
          continue;
        }
        Term value = arguments_of(item).head(), segment = arguments_of(item).tail().head();
        Term type = is_node(segment) && arguments_of(segment).is_cons() ? arguments_of(segment).head() : atoms::nil;
        bool plain = (value.is_bitstring() && type == intern_atom("binary")) || type == intern_atom("integer");
        Term shown = as_written(value);
        segments.push_back(plain ? shown : node(heap, atoms::double_colon, Term::nil(), {shown, node(heap, type, Term::nil(), atoms::nil)}));
      }
      return node(heap, atoms::bits_form, meta_of(code), make_list(heap, segments));
    }
    Term written_form = form.is_atom() ? form : as_written(form);
    return node(heap, written_form, meta_of(code), as_written(arguments));
  }

  std::string text(Term code) { return quoted_text(as_written(code)); }
  static std::string indented(std::string_view block) {
    std::string out = "    ";
    for (size_t i = 0; i < block.size(); i++) {
      out += block[i];
      if (block[i] == '\n' && i + 1 < block.size() && block[i + 1] != '\n') out += "    ";
    }
    return out;
  }

  /// Where the variables of an expression got their types.
  std::string traces(std::initializer_list<Term> expressions) {
    std::string out;
    std::vector<int64_t> seen;
    for (Term expression : expressions) add_traces(expression, out, seen);
    return out;
  }
  void add_traces(Term code, std::string& out, std::vector<int64_t>& seen) {
    for (; code.is_cons(); code = code.tail()) add_traces(code.head(), out, seen);
    if (code.is_tuple(2)) {
      add_traces(code.element(0), out, seen);
      add_traces(code.element(1), out, seen);
      return;
    }
    if (is_variable(code)) {
      Term version = keyword_get(meta_of(code), atoms::version);
      if (version.is_none() || !version.is_small()) return;
      auto found = variables_.find(version.small_value());
      if (found == variables_.end() || found->second.type.is_any() || found->second.origin.is_none()) return;
      if (std::find(seen.begin(), seen.end(), version.small_value()) != seen.end()) return;
      seen.push_back(version.small_value());
      const VariableType& variable = found->second;
      std::string place = e.host.shown_path(e.file_text()) + ":" + std::to_string(line_of(variable.meta));
      if (column_of(variable.meta)) place += ":" + std::to_string(column_of(variable.meta));
      out += "\n\nwhere \"" + plain_name(form_of(code)) + "\" was given the type:\n\n" +
             indented("# type: " + type_text(variable.type) + "\n# from: " + place + "\n" + text(variable.origin));
      return;
    }
    if (is_node(code) && arguments_of(code).is_list()) add_traces(arguments_of(code), out, seen);
  }

  void warn(Term meta, std::string message) { e.warn(meta, message + "\n\ntyping violation found at:"); }

  // -- patterns

  /// The type of the terms that a pattern takes, where its variables mean nothing.
  Type pattern_type(Term pattern) {
    if (pattern.is_cons() || pattern.is_nil()) {
      if (pattern.is_nil()) return Type::of(Type::empty_list);
      return Type::of(Type::cons);
    }
    if (pattern.is_tuple(2)) return tuple_of({pattern_type(pattern.element(0)), pattern_type(pattern.element(1))});
    if (!is_node(pattern)) return literal_type(pattern);
    if (is_variable(pattern)) return Type::any();
    Term form = form_of(pattern), arguments = arguments_of(pattern);
    if (form == atoms::match_operator) {
      Type left = pattern_type(arguments.head()), right = pattern_type(arguments.tail().head());
      return left.is_any() ? right : left;
    }
    if (form == atoms::tuple_form) {
      std::vector<Type> elements;
      for (Term item : ListRange(arguments)) elements.push_back(pattern_type(item));
      return tuple_of(std::move(elements));
    }
    if (form == atoms::bits_form) return Type::of(Type::bitstring);
    if (form == atoms::map_form) {
      auto shape = std::make_shared<MapShape>();
      shape->open = true;
      Type type = Type::of(Type::map);
      for (Term item : ListRange(arguments))
        if (item.is_tuple(2) && item.element(0).is_atom()) shape->fields.push_back({item.element(0), pattern_type(item.element(1))});
      if (Term module = shape->structure(); !module.is_none()) complete_struct(*shape, module);
      type.fields = shape;
      return type;
    }
    return Type::any();
  }

  /// A struct has all the fields of its definition, and no others.
  void complete_struct(MapShape& shape, Term module) {
    auto known = e.known_structs.find(module.word);
    if (known == e.known_structs.end()) return;
    map_each(known->second, [&](Term key, Term) {
      if (!shape.find(key)) shape.fields.push_back({key, key == atoms::struct_ ? Type::atom_value(module) : Type::any()});
      return true;
    });
    std::sort(shape.fields.begin(), shape.fields.end(), [](auto& a, auto& b) { return compare(a.first, b.first) < 0; });
    shape.open = false;
  }

  static Type tuple_of(std::vector<Type> elements) {
    Type type = Type::of(Type::tuple);
    auto shape = std::make_shared<TupleShape>();
    shape->elements = std::move(elements);
    type.elements = shape;
    return type;
  }

  Type literal_type(Term term) {
    if (term.is_atom()) return Type::atom_value(term);
    if (term.is_float()) return Type::of(Type::float_);
    if (term.is_number()) return Type::of(Type::integer);
    if (term.is_nil()) return Type::of(Type::empty_list);
    if (term.is_bitstring()) return Type::of(is_binary(term) ? Type::binary : Type::bits);
    return Type::any();
  }

  /// Gives the variables of a pattern their types, from a value of this type.
  void bind(Term pattern, const Type& value, Term origin) {
    if (pattern.is_cons()) {
      for (; pattern.is_cons(); pattern = pattern.tail()) {
        Term head = pattern.head();
        if (is_call(head, atoms::pipe, 2)) {
          bind(arguments_of(head).head(), Type::any(), origin);
          bind(arguments_of(head).tail().head(), Type::any(), origin);
        } else {
          bind(head, Type::any(), origin);
        }
      }
      return;
    }
    auto element = [&](size_t index, size_t size) {
      bool fits = value.kinds == Type::tuple && value.elements && value.elements->elements.size() == size;
      return fits ? value.elements->elements[index] : Type::any();
    };
    if (pattern.is_tuple(2)) {
      bind(pattern.element(0), element(0, 2), origin);
      bind(pattern.element(1), element(1, 2), origin);
      return;
    }
    if (!is_node(pattern)) return;
    if (is_variable(pattern)) {
      Term version = keyword_get(meta_of(pattern), atoms::version);
      if (version.is_none() || !version.is_small()) return;
      // A variable that stands twice in a pattern keeps the first.
      Type type = value;
      if (parameters_ && !type.is_any()) type.dynamic = true;
      variables_.try_emplace(version.small_value(), VariableType{type, origin, meta_of(pattern)});
      return;
    }
    Term form = form_of(pattern), arguments = arguments_of(pattern);
    if (form == atoms::match_operator) {
      Term left = arguments.head(), right = arguments.tail().head();
      Type left_type = pattern_type(left), right_type = pattern_type(right);
      bind(left, is_variable(left) && !right_type.is_any() ? right_type : value, origin);
      bind(right, is_variable(right) && !left_type.is_any() ? left_type : value, origin);
      return;
    }
    if (form == atoms::pin) return;
    if (form == atoms::tuple_form) {
      size_t index = 0, size = static_cast<size_t>(list_length(arguments));
      for (Term item : ListRange(arguments)) bind(item, element(index++, size), origin);
      return;
    }
    if (form == atoms::map_form) {
      for (Term item : ListRange(arguments)) {
        if (!item.is_tuple(2)) continue;
        const Type* field = value.kinds == Type::map && value.fields && item.element(0).is_atom() ? value.fields->find(item.element(0)) : nullptr;
        bind(item.element(1), field ? *field : Type::any(), origin);
      }
      return;
    }
    if (form == atoms::bits_form) {
      for (Term item : ListRange(arguments))
        if (is_call(item, atoms::double_colon, 2)) bind(arguments_of(item).head(), Type::any(), origin);
      return;
    }
    if (arguments.is_list())
      for (Term item : ListRange(arguments)) bind(item, Type::any(), origin);
  }

  // -- expressions

  Type walk(Term code) {
    if (depth_ > 400) return Type::any();
    depth_++;
    Type type = walk_inner(code);
    depth_--;
    return type;
  }

  void walk_all(Term list) {
    for (; list.is_cons(); list = list.tail()) walk(list.head());
  }

  Type walk_inner(Term code) {
    if (code.is_cons()) {
      Type element;
      bool first = true, improper = false;
      for (; code.is_cons(); code = code.tail()) {
        Term head = code.head();
        if (is_call(head, atoms::pipe, 2)) {
          improper = true;
          walk(arguments_of(head).head());
          walk(arguments_of(head).tail().head());
          continue;
        }
        Type type = walk(head);
        element = first ? type : join(element, type);
        first = false;
      }
      Type list = Type::of(Type::cons);
      if (!improper) list.element = std::make_shared<const Type>(element);
      return list;
    }
    if (code.is_tuple(2)) {
      Type left = walk(code.element(0)), right = walk(code.element(1));
      return tuple_of({left, right});
    }
    if (!is_node(code)) return literal_type(code);
    Term form = form_of(code), meta = meta_of(code), arguments = arguments_of(code);
    if (is_variable(code)) {
      Term version = keyword_get(meta, atoms::version);
      if (version.is_none() || !version.is_small()) return Type::any();
      auto found = variables_.find(version.small_value());
      return found == variables_.end() ? Type::any() : found->second.type;
    }
    if (!arguments.is_list()) return Type::any();
    if (!form.is_atom()) return walk_call(code);
    switch (form.atom_index()) {
      case atoms::index_block: {
        Type last = Type::atom_value(atoms::nil);
        for (Term item : ListRange(arguments)) last = walk(item);
        return last;
      }
      case atoms::index_match_operator: return walk_match(code);
      case atoms::index_tuple_form: {
        std::vector<Type> elements;
        for (Term item : ListRange(arguments)) elements.push_back(walk(item));
        return tuple_of(std::move(elements));
      }
      case atoms::index_map_form: return walk_map(code);
      case atoms::index_bits_form: return walk_bits(code);
      case atoms::index_case_: return walk_case(code);
      case atoms::index_cond: {
        Type result = Type::of(0);
        Term clauses = keyword_get(arguments.head(), atoms::do_);
        if (!clauses.is_none())
          for (Term clause : ListRange(clauses)) {
            walk(arguments_of(clause).head().is_cons() ? arguments_of(clause).head().head() : atoms::true_);
            result = join(result, walk(arguments_of(clause).tail().head()));
          }
        return result.kinds ? result : Type::any();
      }
      case atoms::index_fn: {
        for (Term clause : ListRange(arguments)) walk_clause(clause, nullptr, Term::none());
        return Type::of(Type::function);
      }
      case atoms::index_capture: return Type::of(Type::function);
      case atoms::index_quote: return Type::any();
      default: break;
    }
    static const Term receive = intern_atom("receive"), try_form = intern_atom("try"), for_form = intern_atom("for"),
                      with_form = intern_atom("with");
    if (form == receive || form == try_form) {
      walk_sections(arguments.head());
      return Type::any();
    }
    if (form == for_form || form == with_form) {
      for (Term item : ListRange(arguments)) {
        if (is_call(item, intern_atom("<-"), 2)) {
          walk(arguments_of(item).tail().head());
          Term pattern = arguments_of(item).head();
          if (is_call_of(pattern, atoms::when)) pattern = arguments_of(pattern).head();
          bind(pattern, Type::any(), Term::none());
        } else if (item.is_cons() && is_keyword(item)) {
          walk_sections(item);
        } else if (is_call_of(item, atoms::bits_form)) {
          continue;
        } else {
          walk(item);
        }
      }
      return Type::any();
    }
    walk_all(arguments);
    return walk_local(code);
  }

  /// [do: body or clauses, rescue: clauses, ...]
  void walk_sections(Term sections) {
    for (Term section : ListRange(sections)) {
      if (!section.is_tuple(2)) continue;
      Term body = section.element(1);
      if (body.is_cons() && is_call(body.head(), atoms::arrow, 2)) {
        bool rescue = section.element(0) == intern_atom("rescue");
        for (Term clause : ListRange(body)) {
          if (rescue) walk(arguments_of(clause).tail().head());
          else walk_clause(clause, nullptr, Term::none());
        }
      } else {
        walk(body);
      }
    }
  }

  Type walk_match(Term code) {
    Term pattern = arguments_of(code).head(), value = arguments_of(code).tail().head();
    Type type = walk(value);
    Type wanted = pattern_type(pattern);
    if (stands_in_source(meta_of(code)) && disjoint(wanted, type))
      warn(meta_of(code), "the following pattern will never match:\n\n" + indented(text(code)) + "\n\nbecause the right-hand side has type:\n\n" +
                              indented(type_text(type)) + traces({value}));
    bind(pattern, type, code);
    return type;
  }

  /// A clause of fn, case, receive...: its type. `subject` is what a case looks at.
  Type walk_clause(Term clause, const Type* subject, Term subject_code) {
    Term head = arguments_of(clause).head(), body = arguments_of(clause).tail().head();
    Terms patterns = list_items(head);
    Term guard = Term::none();
    if (patterns.size() == 1 && is_call_of(patterns[0], atoms::when)) {
      Terms parts = list_items(arguments_of(patterns[0]));
      guard = parts.back();
      parts.pop_back();
      patterns = parts;
    }
    if (subject && patterns.size() == 1 && stands_in_source(meta_of(clause)) && disjoint(pattern_type(patterns[0]), *subject))
      warn(meta_of(clause), "the following clause will never match:\n\n" + indented(quoted_text(as_written(patterns[0])) + " ->") +
                                "\n\nbecause it attempts to match on the result of:\n\n" + indented(text(subject_code)) +
                                "\n\nwhich has type:\n\n" + indented(type_text(*subject)) + traces({subject_code}));
    for (Term pattern : patterns) bind(pattern, subject && patterns.size() == 1 ? *subject : Type::any(), clause_origin(pattern, subject_code));
    for (; !guard.is_none() && is_call(guard, atoms::when, 2); guard = arguments_of(guard).tail().head()) judge_guard(arguments_of(guard).head());
    if (!guard.is_none()) judge_guard(guard);
    return walk(body);
  }

  // -- guards

  /// Warns about a test of a variable's type that its pattern, or a test before it in the same guard, decides.
  void judge_guard(Term guard) {
    std::unordered_map<int64_t, Type> tested;
    judge_tests(guard, tested);
  }

  void judge_tests(Term guard, std::unordered_map<int64_t, Type>& tested) {
    static const Term both = intern_atom("andalso");
    if (!is_node(guard) || !is_call(form_of(guard), atoms::dot, 2) || arguments_of(form_of(guard)).head() != atoms::erlang) return;
    Term name = arguments_of(form_of(guard)).tail().head(), arguments = arguments_of(guard);
    if (name == both && list_length(arguments) == 2) {
      judge_tests(arguments.head(), tested);
      judge_tests(arguments.tail().head(), tested);
      return;
    }
    uint16_t kinds = tested_kinds(name);
    if (!kinds || !arguments.is_cons() || !is_variable(arguments.head())) return;
    Term version = keyword_get(meta_of(arguments.head()), atoms::version);
    if (version.is_none() || !version.is_small()) return;
    auto known = variables_.find(version.small_value());
    Type before = known == variables_.end() ? Type::any() : known->second.type;
    Type& now = tested.try_emplace(version.small_value(), before).first->second;
    if (stands_in_source(meta_of(guard)) && disjoint(now, Type::of(kinds))) {
      e.warn(meta_of(guard), "this check/guard will always yield the same result");
      return;
    }
    now.kinds &= kinds;
  }

  /// What a test of :erlang lets through; 0 for other functions.
  static uint16_t tested_kinds(Term name) {
    static const std::unordered_map<std::string_view, uint16_t> tests = {
        {"is_integer", Type::integer}, {"is_float", Type::float_}, {"is_number", Type::number}, {"is_atom", Type::atom}, {"is_boolean", Type::atom},
        {"is_binary", Type::binary}, {"is_bitstring", Type::bitstring}, {"is_list", Type::list}, {"is_map", Type::map}, {"is_tuple", Type::tuple},
        {"is_pid", Type::pid}, {"is_reference", Type::reference}, {"is_port", Type::port}, {"is_function", Type::function}};
    auto found = name.is_atom() ? tests.find(atom_text(name)) : tests.end();
    return found == tests.end() ? uint16_t{0} : found->second;
  }

  Term clause_origin(Term pattern, Term subject_code) { return subject_code.is_none() ? Term::none() : pattern; }

  Type walk_case(Term code) {
    Term subject_code = arguments_of(code).head(), clauses = keyword_get(arguments_of(code).tail().head(), atoms::do_);
    Type subject = walk(subject_code), result = Type::of(0);
    bool judged = stands_in_source(meta_of(code));
    if (clauses.is_none()) return Type::any();
    for (Term clause : ListRange(clauses)) {
      // A clause of generated code (if, &&, ...) may narrow what it binds in ways that its pattern does not show.
      Type type = walk_clause(clause, judged ? &subject : nullptr, subject_code);
      result = join(result, type);
    }
    return judged && result.kinds ? result : Type::any();
  }

  Type walk_map(Term code) {
    Term arguments = arguments_of(code);
    if (arguments.is_cons() && is_call(arguments.head(), atoms::pipe, 2)) {
      Term base_code = arguments_of(arguments.head()).head(), changes = arguments_of(arguments.head()).tail().head();
      Type base = walk(base_code);
      for (Term item : ListRange(changes)) walk(item.element(1));
      if (stands_in_source(meta_of(code))) {
        if (disjoint(base, Type::of(Type::map))) {
          warn(meta_of(code), "expected a map within map update syntax:\n\n" + indented(text(code)) + "\n\nbut got type:\n\n" + indented(type_text(base)) +
                                  traces({base_code}));
        } else if (base.kinds == Type::map && base.fields && !base.fields->open) {
          for (Term item : ListRange(changes))
            if (item.element(0).is_atom() && !base.fields->find(item.element(0))) {
              warn(meta_of(code), "expected a map with key " + atom_name(item.element(0)) + " in map update syntax:\n\n" + indented(text(code)) +
                                      "\n\nbut got type:\n\n" + indented(type_text(base)) + traces({base_code}));
              break;
            }
        }
      }
      return base.kinds == Type::map && base.fields && !base.fields->structure().is_none() ? without_values(base, changes) : Type::of(Type::map);
    }
    auto shape = std::make_shared<MapShape>();
    for (Term item : ListRange(arguments)) {
      if (!item.is_tuple(2)) continue;
      Type value = walk(item.element(1));
      if (!item.element(0).is_atom()) {
        walk(item.element(0));
        shape->open = true;
        continue;
      }
      auto there = std::find_if(shape->fields.begin(), shape->fields.end(), [&](auto& field) { return field.first == item.element(0); });
      if (there != shape->fields.end()) there->second = value;
      else shape->fields.push_back({item.element(0), value});
    }
    std::sort(shape->fields.begin(), shape->fields.end(), [](auto& a, auto& b) { return compare(a.first, b.first) < 0; });
    Type type = Type::of(Type::map);
    type.fields = shape;
    return type;
  }

  /// The struct after an update: the fields that change may hold anything.
  Type without_values(const Type& base, Term changes) {
    auto shape = std::make_shared<MapShape>(*base.fields);
    for (auto& [key, type] : shape->fields)
      if (keyword_has(changes, key)) type = Type::any();
    Type result = base;
    result.fields = shape;
    return result;
  }

  Type walk_bits(Term code) {
    bool whole = true;
    for (Term item : ListRange(arguments_of(code))) {
      if (!is_call(item, atoms::double_colon, 2)) continue;
      Term value = arguments_of(item).head(), segment = arguments_of(item).tail().head();
      Type type = walk(value);
      Term kind = is_node(segment) && arguments_of(segment).is_cons() ? arguments_of(segment).head() : atoms::nil;
      std::string_view name = kind.is_atom() ? atom_text(kind) : "";
      unsigned wanted = name == "binary" || name == "bitstring" ? Type::bitstring : name == "float" ? Type::number : name == "integer" ? Type::integer : 0u;
      if (name.starts_with("utf")) wanted = Type::integer | Type::binary;
      if (name == "integer" || name == "bitstring") whole = false;
      if (!wanted || value.is_bitstring() || !stands_in_source(meta_or_empty(value)) || !disjoint(type, Type::of(wanted))) continue;
      std::string expected = name == "binary" ? "binary()" : type_text(Type::of(wanted));
      warn(meta_or_empty(value), "incompatible types in binary construction:\n\n" + indented(text(code)) + "\n\ngot type:\n\n" + indented(type_text(type)) +
                                     "\n\nbut expected type:\n\n" + indented(expected) + traces({value}));
    }
    return Type::of(whole ? Type::binary : Type::bitstring);
  }

  Type walk_call(Term code) {
    Term form = form_of(code), meta = meta_of(code), arguments = arguments_of(code);
    if (!is_call_of(form, atoms::dot)) {
      walk_all(arguments);
      return Type::any();
    }
    Terms target = list_items(arguments_of(form));
    std::vector<Type> types;
    if (target.size() == 1) {
      Type function = walk(target[0]);
      walk_all(arguments);
      if (stands_in_source(meta) && disjoint(function, Type::of(Type::function)))
        warn(meta, "expected a " + std::to_string(list_length(arguments)) + "-arity function on call:\n\n" + indented(text(code)) + "\n\nbut got type:\n\n" +
                       indented(type_text(function)) + traces({target[0]}));
      return Type::any();
    }
    Term receiver = target[0], name = target[1];
    if (!receiver.is_atom()) return walk_field(code, receiver, name);
    for (Term item : ListRange(arguments)) types.push_back(walk(item));
    if (!name.is_atom()) return Type::any();
    if (receiver != atoms::erlang) return judge(code, library_signatures_of(receiver, name, types.size()), types);
    if (types.size() == 2 && is_comparison(name)) {
      auto comparable = [](Type type) {
        if (type.kinds & Type::number) type.kinds |= Type::number;
        return type;
      };
      if (stands_in_source(meta) && disjoint(comparable(types[0]), comparable(types[1]))) {
        Term written = as_written(code);
        std::string operation(atom_text(form_of(written)));
        warn(meta, "comparison between distinct types found:\n\n" + indented(text(code)) + "\n\ngiven types:\n\n" +
                       indented(type_text(types[0]) + " " + operation + " " + type_text(types[1])) + traces({arguments}) +
                       "\n\nWhile Elixir can compare across all types, you are comparing across types which are always disjoint, and the result is "
                       "either always true or always false");
      }
      return Type::boolean();
    }
    return judge(code, signatures_of(name, types.size()), types);
  }

  /// The type of a call of a function that takes arguments in these ways; a warning where it takes none of the given types.
  Type judge(Term code, const std::vector<const Signature*>& known, const std::vector<Type>& types) {
    if (known.empty()) return Type::any();
    Type result = Type::of(0);
    for (const Signature* signature : known) {
      bool fits = true;
      size_t index = 0;
      for (uint16_t parameter : signature->parameters) {
        if (index == types.size()) break;  // a parameter that the Elixir function fills in
        fits = fits && !disjoint(types[index++], Type::of(parameter));
      }
      if (fits) result = join(result, signature->gives_boolean ? Type::boolean() : Type::of(signature->result));
    }
    if (result.kinds) return result;
    if (stands_in_source(meta_of(code))) refuse(code, known, types);
    return Type::any();
  }

  void refuse(Term code, const std::vector<const Signature*>& known, const std::vector<Type>& types) {
    std::string given, expected;
    size_t shown = static_cast<size_t>(known[0]->shown[std::string_view(known[0]->shown).size() - 1] - '0');
    std::vector<size_t> order;
    for (size_t i = 0; i < std::min(shown, types.size()); i++) order.push_back(i);
    if (std::string_view(known[0]->name) == "element") order = {1, 0};
    for (size_t i : order) given += (given.empty() ? "" : ", ") + type_text(types[i]);
    for (size_t n = 0; n < known.size(); n++) {
      std::string line;
      std::vector<uint16_t> parameters(known[n]->parameters);
      for (size_t i : order) line += (line.empty() ? "" : ", ") + type_text(Type::of(parameters[i]));
      if (known.size() > 1) expected += (n ? "\n\n#" : "#") + std::to_string(n + 1) + "\n" + line;
      else expected = line;
    }
    warn(meta_of(code), "incompatible types given to " + std::string(known[0]->shown) + ":\n\n" + indented(text(code)) + "\n\ngiven types:\n\n" +
                            indented(given) + "\n\nbut expected one of:\n\n" + indented(expected) + traces({arguments_of(code)}));
  }

  static constexpr const char* dot_hint =
      "\n\nhint: \"var.field\" (without parentheses) means \"var\" is a map() while \"var.fun()\" (with parentheses) means \"var\" is an atom()";

  Type walk_field(Term code, Term receiver, Term name) {
    Term meta = meta_of(code), arguments = arguments_of(code);
    Type type = walk(receiver);
    walk_all(arguments);
    if (!name.is_atom()) return Type::any();
    bool field = keyword_has(meta, atoms::no_parens);
    std::string shown = plain_name(name);
    if (field && arguments.is_nil()) {
      if (stands_in_source(meta) && disjoint(type, Type::of(Type::map))) {
        warn(meta, "expected a map or struct when accessing ." + shown + " in expression:\n\n" + indented(text(code)) +
                       (is_variable(receiver) ? "" : "\n\nbut got type:\n\n" + indented(type_text(type))) + traces({receiver}) + dot_hint);
        return Type::any();
      }
      if (type.kinds != Type::map || !type.fields) return Type::any();
      if (const Type* found = type.fields->find(name)) return *found;
      if (stands_in_source(meta) && !type.fields->open)
        warn(meta, "unknown key ." + shown + " in expression:\n\n" + indented(text(code)) +
                       (is_variable(receiver) ? "" : "\n\nthe given type does not have the given key:\n\n" + indented(type_text(type))) + traces({receiver}));
      return Type::any();
    }
    if (stands_in_source(meta) && disjoint(type, Type::of(Type::atom)))
      warn(meta, "expected a module (an atom) when invoking " + name_arity(name, list_length(arguments)) + " in expression:\n\n" + indented(text(code)) +
                     (is_variable(receiver) ? "" : "\n\nbut got type:\n\n" + indented(type_text(type))) + traces({receiver}) + dot_hint);
    return Type::any();
  }

  /// A call of a function of this module: its clauses' patterns say what it takes.
  Type walk_local(Term code) {
    Term name = form_of(code), arguments = arguments_of(code), meta = meta_of(code);
    Definition* definition = find_definition(draft, name, list_length(arguments));
    if (!definition || definition->is_macro() || definition->clauses.empty() || !stands_in_source(meta) || definition->generated) return Type::any();
    std::vector<Type> given;
    for (Term item : ListRange(arguments)) given.push_back(simple_type(item));
    std::vector<std::string> expected;
    for (const Clause& clause : definition->clauses) {
      bool fits = true;
      std::string line;
      for (size_t i = 0; i < given.size() && i < clause.parameters.size(); i++) {
        Type wanted = pattern_type(clause.parameters[i]);
        fits = fits && !disjoint(wanted, given[i]);
        wanted.dynamic = false;
        line += (line.empty() ? "" : ", ") + type_text(wanted);
      }
      if (fits) return Type::any();
      if (std::find(expected.begin(), expected.end(), line) == expected.end()) expected.push_back(line);
    }
    std::string types, alternatives;
    for (const Type& type : given) types += (types.empty() ? "" : ", ") + type_text(type);
    for (size_t n = 0; n < expected.size(); n++)
      alternatives += expected.size() > 1 ? (n ? "\n\n#" : "#") + std::to_string(n + 1) + "\n" + expected[n] : expected[n];
    warn(meta, "incompatible types given to " + name_arity(name, definition->arity) + ":\n\n" + indented(text(code)) + "\n\ngiven types:\n\n" + indented(types) +
                   "\n\nbut expected one of:\n\n" + indented(alternatives) + traces({arguments}));
    return Type::any();
  }

  /// The type of an argument, as far as it shows without walking calls again.
  Type simple_type(Term code) {
    if (code.is_cons() || code.is_nil()) return Type::of(code.is_cons() ? Type::cons : Type::empty_list);
    if (code.is_tuple(2)) return tuple_of({simple_type(code.element(0)), simple_type(code.element(1))});
    if (!is_node(code)) return literal_type(code);
    if (is_variable(code)) return walk(code);
    if (is_call_of(code, atoms::tuple_form)) {
      std::vector<Type> elements;
      for (Term item : ListRange(arguments_of(code))) elements.push_back(simple_type(item));
      return tuple_of(std::move(elements));
    }
    if (is_call_of(code, atoms::fn) || is_call_of(code, atoms::capture)) return Type::of(Type::function);
    return Type::any();
  }
};

}  // namespace

void check_types(Expander& e, ModuleDraft& draft) {
  Checker checker(e, draft);
  for (const auto& definition : draft.definitions)
    if (!definition->generated) checker.check(*definition);
}

}  // namespace phial::compiler
