// :ets. Storage is ets_table, match specifications are ets_match; here are the functions, names, ownership.
#include <algorithm>

#include "vm/native/ets_match.hpp"
#include "vm/native/ets_tables.hpp"
#include "vm/native/native.hpp"
#include "vm/process/long_native.hpp"
#include "vm/process/process.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/compare.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

using namespace ets;
/// Words that a table takes, about.
size_t words_of(const Table& table) { return table.words() + 4 * table.size() + sizeof(Table) / 8; }

Tables& tables(Context& c) { return c.vm().state<Tables>(); }

}  // namespace

size_t ets_count(Vm& vm) {
  auto& all = vm.state<Tables>();
  std::shared_lock lock(all.mutex);
  return all.all.size();
}

size_t ets_words(Vm& vm) {
  auto& all = vm.state<Tables>();
  std::shared_lock lock(all.mutex);
  size_t words = 0;
  for (const TablePtr& table : all.all) words += words_of(*table);
  return words;
}

namespace {

Word caller(Context& c) { return c.process() ? c.process()->pid.word : 0; }

/// Functions that walk through a table of more objects do so where they can be left.
bool is_long(const Table& table) { return table.size() > Table::part_objects; }

Term atom(const char* text) { return intern_atom(text); }
Term end_of_table() {
  static const Term end = intern_atom("$end_of_table");
  return end;
}

// -- life

void owner_ended(Vm& vm, Term pid) {
  auto& all = vm.state<Tables>();
  std::vector<TablePtr> owned;
  {
    std::shared_lock lock(all.mutex);
    for (const TablePtr& table : all.all)
      if (table->owner.load() == pid.word) owned.push_back(table);
  }
  for (const TablePtr& table : owned) {
    if (table->heir.is_local_pid() && !(table->heir == pid)) {
      Arena arena(64);
      Term heir = table->heir;
      table->owner = heir.word;
      Term message = make_tuple(arena, {intern_atom("ETS-TRANSFER"), table->named ? table->name : table->id, pid,
                                        copy_term(arena, table->heir_data)});
      if (vm.send(heir, message)) continue;
    }
    all.remove(vm, *table);
    table->clear();
  }
}

Term make_table(Context& c, const Term* a) {
  if (!a[0].is_atom() || list_length(a[1]) < 0 || !c.process()) return c.badarg();
  Type type = Type::set;
  Protection protection = Protection::is_protected;
  size_t key_position = 1;
  bool named = false, read = false, write = false, compressed = false;
  Term heir = atoms::none, heir_data = Term::nil();
  for (Term option : ListRange(a[1])) {
    if (option.is_atom()) {
      std::string_view text = atom_text(option);
      if (text == "set") type = Type::set;
      else if (text == "ordered_set") type = Type::ordered_set;
      else if (text == "bag") type = Type::bag;
      else if (text == "duplicate_bag") type = Type::duplicate_bag;
      else if (text == "public") protection = Protection::is_public;
      else if (text == "protected") protection = Protection::is_protected;
      else if (text == "private") protection = Protection::is_private;
      else if (text == "named_table") named = true;
      else if (text == "compressed") compressed = true;
      else return c.badarg();
      continue;
    }
    if (!option.is_tuple() || option.arity() < 2 || !option.element(0).is_atom()) return c.badarg();
    std::string_view key = atom_text(option.element(0));
    Term value = option.element(1);
    if (key == "keypos") {
      if (!native::read_index(value, Header::max_size, key_position) || key_position == 0) return c.badarg();
    } else if (key == "heir" && value == atoms::none) {
      heir = atoms::none;
    } else if (key == "heir" && option.arity() == 3 && value.is_local_pid()) {
      heir = value;
      heir_data = option.element(2);
    } else if (key == "read_concurrency") {
      read = value == atoms::true_;
    } else if (key == "write_concurrency") {
      write = !(value == atoms::false_);
    } else if (key != "decentralized_counters") {
      return c.badarg();
    }
  }
  auto table = std::make_shared<Table>(type, key_position);
  table->protection = protection;
  table->name = a[0];
  table->named = named;
  table->read_concurrency = read;
  table->write_concurrency = write;
  table->compressed = compressed;
  table->owner = c.process()->pid.word;
  table->heir = heir;
  table->heir_data = copy_term(table->heir_arena, heir_data);
  c.process()->owns_tables = true;
  c.vm().exit_hook.store(owner_ended, std::memory_order_release);
  Term reference = tables(c).add(c.vm(), table, c.heap());
  if (reference.is_none()) return c.badarg();
  return named ? a[0] : reference;
}

template <bool in_parts>
Term drop_table(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::write);
  if (!table) return Term::none();
  if (!in_parts && is_long(*table)) return native::go_long(c, "ets_delete", {a[0]});
  tables(c).remove(c.vm(), *table);
  table->clear();
  return atoms::true_;
}

Term rename_table(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::write);
  if (!table) return Term::none();
  if (!a[1].is_atom()) return c.badarg();
  return tables(c).rename(c.vm(), *table, a[1]) ? a[1] : c.badarg();
}

Term give_away(Context& c, const Term* a) {
  TableUse table(c, a[0]);
  if (!table || !c.process() || table->owner.load() != caller(c) || !a[1].is_local_pid() || a[1].word == caller(c)) return c.badarg();
  TermHeap& heap = c.heap();
  Term message = make_tuple(heap, {intern_atom("ETS-TRANSFER"), table->named ? table->name : copy_term(heap, table->id), c.process()->pid, a[2]});
  table->owner = a[1].word;
  if (!c.vm().mark_table_owner(a[1]) || !c.vm().send(a[1], message)) {
    table->owner = caller(c);
    return c.badarg();
  }
  return atoms::true_;
}

Term set_options(Context& c, const Term* a) {
  TableUse table(c, a[0]);
  if (!table || table->owner.load() != caller(c)) return c.badarg();
  TermHeap& heap = c.heap();
  Term options = a[1].is_list() ? a[1] : make_list(heap, {a[1]});
  for (Term option : ListRange(options)) {
    if (!option.is_tuple() || option.arity() < 2 || !(option.element(0) == atom("heir"))) return c.badarg();
    if (option.element(1) == atoms::none) {
      table->heir = atoms::none;
    } else if (option.arity() == 3 && option.element(1).is_local_pid()) {
      table->heir = option.element(1);
      table->heir_data = copy_term(table->heir_arena, option.element(2));
    } else {
      return c.badarg();
    }
  }
  return atoms::true_;
}

Term all_tables(Context& c, const Term*) {
  auto& all = tables(c);
  std::shared_lock lock(all.mutex);
  std::vector<Term> names;
  for (const TablePtr& table : all.all) names.push_back(table->named ? table->name : copy_term(c.heap(), table->id));
  return make_list(c.heap(), names);
}

Term whereis(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  TableUse table(c, a[0]);
  return table ? copy_term(c.heap(), table->id) : atoms::undefined;
}

Term type_atom(Type type) {
  switch (type) {
    case Type::set: return atom("set");
    case Type::ordered_set: return atom("ordered_set");
    case Type::bag: return atom("bag");
    default: return atom("duplicate_bag");
  }
}

Term info_item(Context& c, const Table& table, std::string_view item) {
  TermHeap& heap = c.heap();
  if (item == "name") return table.name;
  if (item == "size") return Term::small(static_cast<int64_t>(table.size()));
  if (item == "memory") return Term::small(static_cast<int64_t>(words_of(table)));
  if (item == "owner") return Term::raw(table.owner.load());
  if (item == "heir") return table.heir;
  if (item == "type") return type_atom(table.type);
  if (item == "protection")
    return atom(table.protection == Protection::is_public ? "public" : table.protection == Protection::is_protected ? "protected" : "private");
  if (item == "keypos") return Term::small(static_cast<int64_t>(table.key_position));
  if (item == "named_table") return boolean(table.named);
  if (item == "compressed") return boolean(table.compressed);
  if (item == "read_concurrency") return boolean(table.read_concurrency);
  if (item == "write_concurrency") return boolean(table.write_concurrency);
  if (item == "decentralized_counters") return atoms::false_;
  if (item == "id") return copy_term(heap, table.id);
  if (item == "node") return atom("nonode@nohost");
  if (item == "fixed") return boolean(table.fixes.load() > 0);
  if (item == "safe_fixed" || item == "safe_fixed_monotonic_time" || item == "stats") return atoms::false_;
  return Term::none();
}
Term info_2(Context& c, const Term* a) {
  if (!a[1].is_atom() || (!a[0].is_atom() && !a[0].is_reference())) return c.badarg();
  TableUse table(c, a[0]);
  if (!table) return atoms::undefined;
  Term value = info_item(c, *table, atom_text(a[1]));
  return value.is_none() ? c.badarg() : value;
}
Term info_1(Context& c, const Term* a) {
  if (!a[0].is_atom() && !a[0].is_reference()) return c.badarg();
  TableUse table(c, a[0]);
  if (!table) return atoms::undefined;
  static const Term items[] = {atom("id"), atom("decentralized_counters"), atom("read_concurrency"), atom("write_concurrency"), atom("compressed"),
                               atom("memory"), atom("owner"), atom("heir"), atom("name"), atom("size"), atom("node"), atom("named_table"),
                               atom("type"), atom("keypos"), atom("protection")};
  Term pairs[std::size(items)];
  for (size_t i = 0; i < std::size(items); i++) pairs[i] = make_tuple(c.heap(), {items[i], info_item(c, *table, atom_text(items[i]))});
  return make_list(c.heap(), pairs);
}

// -- objects

bool fits(const Table& table, Term object) { return object.is_tuple() && object.arity() >= table.key_position; }

bool is_longer(Term list, size_t count) {
  for (; list.is_cons(); list = list.tail())
    if (!count--) return true;
  return false;
}

/// One of many: the function may be left afterwards.
void insert_in_parts(Table& table, ObjectPtr object) {
  {
    LockHold hold;
    table.insert(std::move(object));
  }
  note_work(32);
}

/// The objects of an insert: one tuple or a list of them; false where one does not fit.
bool read_objects(const Table& table, Term term, std::vector<ObjectPtr>& objects) {
  if (term.is_tuple()) {
    if (!fits(table, term)) return false;
    objects.push_back(Object::make(term));
    return true;
  }
  for (; term.is_cons(); term = term.tail()) {
    if (!fits(table, term.head())) return false;
    objects.push_back(Object::make(term.head()));
  }
  return term.is_nil();
}

template <bool in_parts>
Term insert(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::write);
  if (!table) return Term::none();
  if (a[1].is_tuple()) {
    if (!fits(*table, a[1])) return c.badarg();
    if (!in_parts && is_much(a + 1, 1, false)) return native::go_long(c, "ets_insert", {a[0], a[1]});
    table->insert(Object::make(a[1]));
    return atoms::true_;
  }
  if (!in_parts && is_longer(a[1], Table::part_objects)) return native::go_long(c, "ets_insert", {a[0], a[1]});
  std::vector<ObjectPtr> objects;
  if (!read_objects(*table, a[1], objects)) return c.badarg();
  if (!in_parts) c.bump(static_cast<int64_t>(objects.size() / 2));
  for (ObjectPtr& object : objects) insert_in_parts(*table, std::move(object));
  return atoms::true_;
}
Term insert_new(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::write);
  if (!table) return Term::none();
  std::vector<ObjectPtr> objects;
  if (!read_objects(*table, a[1], objects)) return c.badarg();
  if (objects.empty()) return atoms::true_;
  return boolean(table->insert_new(std::move(objects)));
}
/// Objects of more words are copied without the lock, and where the function can be left.
constexpr size_t much_words = 32 * 1024;

/// The objects of a key, shared.
std::vector<ObjectPtr> share_objects(Table& table, Term key) {
  std::vector<ObjectPtr> shared;
  table.each_of_key(key, [&](const Object& object) { shared.push_back(object.share()); });
  return shared;
}

Term lookup(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::read);
  if (!table) return Term::none();
  TermHeap& heap = c.heap();
  bool much = false;
  Term one = Term::nil();
  std::vector<Term> found;
  table->each_of_key(a[1], [&](const Object& object) {
    much = much || object.words() > much_words;
    if (much) return;
    if (table->is_set()) one = make_cons(heap, object.copy_to(heap), Term::nil());
    else found.push_back(object.copy_to(heap));
  });
  if (much) return native::go_long(c, "ets_lookup", {a[0], a[1]});
  return table->is_set() ? one : make_list(heap, found);
}
Term lookup_long(Context& c, const Term* a) {
  KeptTable table(c, a[0], Access::read);
  if (!table) return Term::none();
  std::vector<Term> found;
  for (const ObjectPtr& object : share_objects(*table, a[1])) found.push_back(object->copy_to(c.heap()));
  return make_list(c.heap(), found);
}
Term lookup_element_or(Context& c, const Term* a, Term otherwise) {
  TableUse table(c, a[0], Access::read);
  if (!table) return Term::none();
  size_t position;
  if (!native::read_index(a[2], Header::max_size, position) || position == 0) return c.badarg();
  TermHeap& heap = c.heap();
  bool fits_all = true, any = false, much = false;
  Term one = Term::none();
  std::vector<Term> found;
  table->each_of_key(a[1], [&](const Object& object) {
    if (position > object.term().arity()) {
      fits_all = false;
      return;
    }
    any = true;
    much = much || (object.words() > much_words && object.term().element(position - 1).is_pointer());
    if (much) return;
    one = object.copy_element(heap, position - 1);
    if (!table->is_set()) found.push_back(one);
  });
  if (!fits_all) return c.badarg();
  if (much) return native::go_long(c, "ets_lookup_element", {a[0], a[1], a[2]});
  if (!any) return otherwise.is_none() ? c.badarg() : otherwise;
  return table->is_set() ? one : make_list(heap, found);
}
/// The key was there a moment ago; where it is gone now, this is as if it had been asked before.
Term lookup_element_long(Context& c, const Term* a) {
  KeptTable table(c, a[0], Access::read);
  if (!table) return Term::none();
  auto index = static_cast<size_t>(a[2].small_value() - 1);
  std::vector<Term> found;
  for (const ObjectPtr& object : share_objects(*table, a[1])) {
    if (index >= object->term().arity()) return c.badarg();
    found.push_back(object->copy_element(c.heap(), index));
  }
  if (found.empty()) return c.badarg();
  return table->is_set() ? found[0] : make_list(c.heap(), found);
}
Term lookup_element(Context& c, const Term* a) { return lookup_element_or(c, a, Term::none()); }
Term lookup_element_default(Context& c, const Term* a) { return lookup_element_or(c, a, a[3]); }
Term member(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::read);
  if (!table) return Term::none();
  bool found = false;
  table->each_of_key(a[1], [&](const Object&) { found = true; });
  return boolean(found);
}
Term remove_key(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::write);
  if (!table) return Term::none();
  table->remove(a[1], [](Term) { return true; });
  return atoms::true_;
}
Term remove_object(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::write);
  if (!table) return Term::none();
  if (!fits(*table, a[1])) return c.badarg();
  table->remove(table->key_of(a[1]), [&](Term object) { return equal_exactly(object, a[1]); });
  return atoms::true_;
}
template <bool in_parts>
Term remove_all(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::write);
  if (!table) return Term::none();
  if (!in_parts && is_long(*table)) return native::go_long(c, "ets_delete_all_objects", {a[0]});
  table->clear();
  return atoms::true_;
}
Term take(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::write);
  if (!table) return Term::none();
  std::vector<Term> taken;
  table->remove(a[1], [&](Term object) {
    taken.push_back(copy_term(c.heap(), object));
    return true;
  });
  return make_list(c.heap(), taken);
}
template <bool in_parts>
Term to_list(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::read);
  if (!table) return Term::none();
  if (!in_parts && is_long(*table)) return native::go_long(c, "ets_tab2list", {a[0]});
  std::vector<Term> items;
  table->each([&](Term object) { items.push_back(copy_term(c.heap(), object)); });
  if (!in_parts) c.bump(static_cast<int64_t>(items.size() / 4));
  return make_list(c.heap(), items);
}

// -- updates in place

/// One step of update_counter on a tuple's elements: {position, increment} or {position, increment, threshold, set_to}.
bool count_step(Context& c, const Table& table, Term step, std::vector<Term>& items, Term& result) {
  TermHeap& heap = c.heap();
  Term position_term, increment, threshold = Term::none(), set_to = Term::none();
  if (step.is_integer()) {
    position_term = Term::small(static_cast<int64_t>(table.key_position) + 1);
    increment = step;
  } else if (step.is_tuple(2) || step.is_tuple(4)) {
    position_term = step.element(0);
    increment = step.element(1);
    if (step.arity() == 4) {
      threshold = step.element(2);
      set_to = step.element(3);
      if (!threshold.is_integer() || !set_to.is_integer()) return false;
    }
  } else {
    return false;
  }
  size_t position;
  if (!increment.is_integer() || !native::read_index(position_term, items.size(), position) || position == 0 ||
      position == table.key_position || !items[position - 1].is_integer())
    return false;
  Term value = integer_add(heap, items[position - 1], increment);
  if (!threshold.is_none()) {
    bool up = compare_numbers(increment, Term::small(0)) >= 0;
    int order = compare_numbers(value, threshold);
    if (up ? order > 0 : order < 0) value = set_to;
  }
  items[position - 1] = value;
  result = value;
  return true;
}

/// The counter's new value for the most frequent operation: an increment of a small integer by another, or none() where it is anything else.
Term count_in_place(Table& table, Term key, Term operation) {
  size_t position = table.key_position + 1;
  if (operation.is_tuple(2)) {
    if (!native::read_index(operation.element(0), Header::max_size, position) || position == 0) return Term::none();
    operation = operation.element(1);
  }
  if (!operation.is_small() || position == table.key_position) return Term::none();
  return table.add_in_place(key, position - 1, operation.small_value());
}

Term update_counter_with(Context& c, Term table_term, Term key, Term operations, Term otherwise) {
  TableUse table(c, table_term, Access::write);
  if (!table) return Term::none();
  if (table->type == Type::bag || table->type == Type::duplicate_bag) return c.badarg();
  if (Term counted = count_in_place(*table, key, operations); !counted.is_none()) return counted;
  bool several = operations.is_list(), bad = false;
  std::vector<Term> results;
  auto apply = [&](Term object) -> ObjectPtr {
    std::vector<Term> items(object.payload(), object.payload() + object.arity());
    results.clear();
    auto one = [&](Term step) {
      Term result;
      if (!count_step(c, *table, step, items, result)) {
        bad = true;
        return;
      }
      results.push_back(copy_term(c.heap(), result));
    };
    if (several) {
      for (Term step : ListRange(operations))
        if (!bad) one(step);
    } else {
      one(operations);
    }
    if (bad) return nullptr;
    return Object::make(phial::make_tuple(c.heap(), items));
  };
  while (!table->update(key, apply)) {
    if (otherwise.is_none() || !fits(*table, otherwise)) return c.badarg();
    Term initial = make_tuple(c.heap(), std::span(otherwise.payload(), otherwise.arity()));
    initial.object()[table->key_position] = key.word;
    std::vector<ObjectPtr> objects;
    objects.push_back(Object::make(initial));
    table->insert_new(std::move(objects));
  }
  if (bad) return c.badarg();
  return several ? make_list(c.heap(), results) : results[0];
}
Term update_counter(Context& c, const Term* a) { return update_counter_with(c, a[0], a[1], a[2], Term::none()); }
Term update_counter_default(Context& c, const Term* a) { return update_counter_with(c, a[0], a[1], a[2], a[3]); }

Term update_element_with(Context& c, const Term* a, Term otherwise) {
  TableUse table(c, a[0], Access::write);
  if (!table) return Term::none();
  if (table->type == Type::bag || table->type == Type::duplicate_bag) return c.badarg();
  Term changes = a[2].is_list() ? a[2] : make_list(c.heap(), {a[2]});
  bool bad = false;
  auto apply = [&](Term object) -> ObjectPtr {
    std::vector<Term> items(object.payload(), object.payload() + object.arity());
    for (Term change : ListRange(changes)) {
      size_t position;
      if (!change.is_tuple(2) || !native::read_index(change.element(0), items.size(), position) || position == 0 ||
          position == table->key_position) {
        bad = true;
        return nullptr;
      }
      items[position - 1] = change.element(1);
    }
    return Object::make(phial::make_tuple(c.heap(), items));
  };
  bool found = table->update(a[1], apply);
  if (!found && !otherwise.is_none()) {
    if (!fits(*table, otherwise)) return c.badarg();
    Term initial = make_tuple(c.heap(), std::span(otherwise.payload(), otherwise.arity()));
    initial.object()[table->key_position] = a[1].word;
    ObjectPtr object = apply(initial);
    if (object) table->insert(std::move(object));
    found = true;
  }
  return bad ? c.badarg() : boolean(found);
}
Term update_element(Context& c, const Term* a) { return update_element_with(c, a, Term::none()); }
Term update_element_default(Context& c, const Term* a) { return update_element_with(c, a, a[3]); }

// -- walking

template <bool backwards>
Term first(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::read);
  if (!table) return Term::none();
  Term key = table->type == Type::ordered_set ? table->ordered_first(c.heap(), backwards) : table->hash_first(c.heap());
  return key.is_none() ? end_of_table() : key;
}
template <bool backwards>
Term next(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::read);
  if (!table) return Term::none();
  bool found = false;
  Term key = table->type == Type::ordered_set ? table->ordered_next(c.heap(), a[1], backwards, found)
                                              : table->hash_next(c.heap(), a[1], found);
  if (!found) return c.badarg();
  return key.is_none() ? end_of_table() : key;
}
Term fix_table(Context& c, const Term* a) {
  TableUse table(c, a[0], Access::read);
  if (!table) return Term::none();
  table->fixes += a[1] == atoms::true_ ? 1 : -1;
  return atoms::true_;
}

// -- match specifications

/// Results of a specification over shards from `shard` on, until at least `limit` were found; `shard` is then the next one.
void collect(Context& c, Table& table, const MatchSpec& spec, size_t& shard, size_t limit, std::vector<Term>& results) {
  Term key = spec.bound_key(table.key_position - 1);
  auto visit = [&](Term object) {
    Term result = spec.run(c, object);
    if (!result.is_none()) results.push_back(result);
  };
  if (!key.is_none() && shard == 0) {
    table.each_of_key(key, [&](const Object& object) { visit(object.term()); });
    shard = table.shards();
    return;
  }
  for (; shard < table.shards() && results.size() < limit; shard++) {
    table.each_in_shard(shard, visit);
    c.bump(static_cast<int64_t>(table.size() / table.shards() / 2));
  }
}

/// The same for a tree, which is walked from a key on: the continuation has {key} in the shard's place.
Term tree_page(Context& c, Table& table, Term table_term, Term spec_term, const MatchSpec& spec, size_t limit, Term after) {
  std::vector<Term> results;
  Term key = spec.bound_key(table.key_position - 1), last = Term::none();
  auto visit = [&](Term object) {
    Term result = spec.run(c, object);
    if (!result.is_none()) results.push_back(result);
    return results.size() < limit;
  };
  if (!key.is_none()) {
    if (after.is_none()) table.each_of_key(key, [&](const Object& object) { visit(object.term()); });
  } else {
    last = table.each_after(c.heap(), after, visit);
  }
  if (results.empty()) return end_of_table();
  Term continuation = end_of_table();
  if (!last.is_none())
    continuation = make_tuple(c.heap(), {table_term, spec_term, Term::small(static_cast<int64_t>(limit)), make_tuple(c.heap(), {last}), Term::nil()});
  return make_tuple(c.heap(), {make_list(c.heap(), results), continuation});
}

/// {results, continuation} or :"$end_of_table". The continuation: {table, spec, limit, next shard, results left over}.
Term page(Context& c, Term table_term, Term spec_term, const MatchSpec& spec, size_t limit, size_t shard, std::vector<Term> results, Term after = Term::none()) {
  TableUse table(c, table_term, Access::read);
  if (!table) return Term::none();
  if (table->type == Type::ordered_set) return tree_page(c, *table, table_term, spec_term, spec, limit, after);
  collect(c, *table, spec, shard, limit, results);
  if (results.empty()) return end_of_table();
  size_t taken = std::min(limit, results.size());
  Term list = make_list(c.heap(), std::span(results.data(), taken));
  Term rest = make_list(c.heap(), std::span(results.data() + taken, results.size() - taken));
  Term continuation = make_tuple(c.heap(), {table_term, spec_term, Term::small(static_cast<int64_t>(limit)), Term::small(static_cast<int64_t>(shard)), rest});
  if (rest.is_nil() && shard >= table->shards()) continuation = end_of_table();
  return make_tuple(c.heap(), {list, continuation});
}

/// As :ets.match and friends have it.
Term pattern_spec(Context& c, Term pattern, Term result) {
  TermHeap& heap = c.heap();
  Term clause = make_tuple(heap, {pattern, Term::nil(), make_list(heap, {result})});
  return make_list(heap, {clause});
}
Term all_bindings() {
  static const Term atom = intern_atom("$$");
  return atom;
}
Term whole_object() {
  static const Term atom = intern_atom("$_");
  return atom;
}

template <bool in_parts = false>
Term select_all(Context& c, Term table_term, Term spec_term, bool backwards = false) {
  TableFor<in_parts> table(c, table_term, Access::read);
  if (!table) return Term::none();
  MatchSpec spec;
  if (!spec.read(c, spec_term)) return c.badarg();
  if (!in_parts && is_long(*table) && spec.bound_key(table->key_position - 1).is_none())
    return native::go_long(c, "ets_select", {table_term, spec_term, boolean(backwards)});
  std::vector<Term> results;
  size_t shard = 0;
  collect(c, *table, spec, shard, SIZE_MAX, results);
  if (backwards) std::reverse(results.begin(), results.end());
  return make_list(c.heap(), results);
}
Term select_long(Context& c, const Term* a) { return select_all<true>(c, a[0], a[1], a[2] == atoms::true_); }
Term select_page(Context& c, Term table_term, Term spec_term, Term limit_term) {
  MatchSpec spec;
  size_t limit;
  if (!spec.read(c, spec_term) || !native::read_index(limit_term, size_t{1} << 40, limit) || limit == 0) return c.badarg();
  return page(c, table_term, spec_term, spec, limit, 0, {});
}
Term select_more(Context& c, const Term* a) {
  if (a[0] == end_of_table()) return a[0];
  if (!a[0].is_tuple(5)) return c.badarg();
  MatchSpec spec;
  size_t limit, shard = 0;
  Term place = a[0].element(3), after = place.is_tuple(1) ? place.element(0) : Term::none();
  if (!spec.read(c, a[0].element(1)) || !native::read_index(a[0].element(2), size_t{1} << 40, limit) || limit == 0 ||
      (after.is_none() && !native::read_index(place, 1000, shard)) || list_length(a[0].element(4)) < 0)
    return c.badarg();
  std::vector<Term> results;
  for (Term item : ListRange(a[0].element(4))) results.push_back(item);
  return page(c, a[0].element(0), a[0].element(1), spec, limit, shard, std::move(results), after);
}
Term select_2(Context& c, const Term* a) { return select_all(c, a[0], a[1]); }
Term select_3(Context& c, const Term* a) { return select_page(c, a[0], a[1], a[2]); }
Term select_reverse(Context& c, const Term* a) { return select_all(c, a[0], a[1], true); }
Term match_2(Context& c, const Term* a) { return select_all(c, a[0], pattern_spec(c, a[1], all_bindings())); }
Term match_3(Context& c, const Term* a) { return select_page(c, a[0], pattern_spec(c, a[1], all_bindings()), a[2]); }
Term match_object_2(Context& c, const Term* a) { return select_all(c, a[0], pattern_spec(c, a[1], whole_object())); }
Term match_object_3(Context& c, const Term* a) { return select_page(c, a[0], pattern_spec(c, a[1], whole_object()), a[2]); }

template <bool in_parts>
Term select_count(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::read);
  if (!table) return Term::none();
  MatchSpec spec;
  if (!spec.read(c, a[1])) return c.badarg();
  int64_t count = 0;
  auto visit = [&](Term object) { count += spec.run(c, object) == atoms::true_; };
  if (Term key = spec.bound_key(table->key_position - 1); !key.is_none()) {
    table->each_of_key(key, [&](const Object& object) { visit(object.term()); });
    return Term::small(count);
  }
  if (!in_parts && is_long(*table)) return native::go_long(c, "ets_select_count", {a[0], a[1]});
  table->each(visit);
  if (!in_parts) c.bump(static_cast<int64_t>(table->size() / 2));
  return Term::small(count);
}
int64_t delete_matching(Context& c, Table& table, const MatchSpec& spec) {
  size_t removed = 0;
  auto decide = [&](Term object) { return spec.run(c, object) == atoms::true_; };
  Term key = spec.bound_key(table.key_position - 1);
  if (!key.is_none()) return static_cast<int64_t>(table.remove(key, decide));
  c.bump(static_cast<int64_t>(table.size() / 2));
  for (size_t shard = 0; shard < table.shards(); shard++) removed += table.remove_in_shard(shard, decide);
  return static_cast<int64_t>(removed);
}
template <bool in_parts>
Term select_delete(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::write);
  if (!table) return Term::none();
  MatchSpec spec;
  if (!spec.read(c, a[1])) return c.badarg();
  if (!in_parts && is_long(*table) && spec.bound_key(table->key_position - 1).is_none())
    return native::go_long(c, "ets_select_delete", {a[0], a[1]});
  return Term::small(delete_matching(c, *table, spec));
}
template <bool in_parts>
Term match_delete(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::write);
  if (!table) return Term::none();
  MatchSpec spec;
  spec.read_pattern(a[1], atoms::true_);
  if (!in_parts && is_long(*table) && spec.bound_key(table->key_position - 1).is_none())
    return native::go_long(c, "ets_match_delete", {a[0], a[1]});
  delete_matching(c, *table, spec);
  return atoms::true_;
}
template <bool in_parts>
Term select_replace(Context& c, const Term* a) {
  TableFor<in_parts> table(c, a[0], Access::write);
  if (!table) return Term::none();
  MatchSpec spec;
  if (!spec.read(c, a[1]) || table->type == Type::bag) return c.badarg();
  if (!in_parts && is_long(*table)) return native::go_long(c, "ets_select_replace", {a[0], a[1]});
  std::vector<Term> replaced;
  for (size_t shard = 0; shard < table->shards(); shard++)
    table->each_in_shard(shard, [&](Term object) {
      Term result = spec.run(c, object);
      if (!result.is_none() && fits(*table, result) && equal_exactly(table->key_of(result), table->key_of(object))) replaced.push_back(result);
    });
  for (Term object : replaced) insert_in_parts(*table, Object::make(object));
  return Term::small(static_cast<int64_t>(replaced.size()));
}

// -- specifications on their own

Term spec_compile(Context& c, const Term* a) {
  MatchSpec spec;
  return spec.read(c, a[0]) ? a[0] : c.badarg();
}
Term is_compiled_spec(Context& c, const Term* a) {
  MatchSpec spec;
  return boolean(spec.read(c, a[0]));
}
Term spec_run(Context& c, const Term* a) {
  MatchSpec spec;
  if (!spec.read(c, a[1]) || list_length(a[0]) < 0) return c.badarg();
  std::vector<Term> results;
  for (Term object : ListRange(a[0])) {
    Term result = spec.run(c, object);
    if (!result.is_none()) results.push_back(result);
  }
  return make_list(c.heap(), results);
}
Term test_spec(Context& c, const Term* a) {
  MatchSpec spec;
  if (!a[0].is_tuple()) return c.badarg();
  TermHeap& heap = c.heap();
  if (!spec.read(c, a[1])) {
    Term text = native::make_charlist(heap, "not a match specification");
    return make_tuple(heap, {atoms::error, make_list(heap, {make_tuple(heap, {atoms::error, text})})});
  }
  Term result = spec.run(c, a[0]);
  return make_tuple(heap, {atoms::ok, result.is_none() ? atoms::false_ : result});
}

constexpr NativeEntry entries[] = {
    {"ets", "new", 2, make_table}, {"ets", "delete", 1, drop_table<false>}, {"phial_long", "ets_delete", 1, drop_table<true>, native_long}, {"ets", "delete", 2, remove_key},
    {"ets", "delete_object", 2, remove_object}, {"ets", "delete_all_objects", 1, remove_all<false>}, {"phial_long", "ets_delete_all_objects", 1, remove_all<true>, native_long}, {"ets", "rename", 2, rename_table},
    {"ets", "give_away", 3, give_away}, {"ets", "setopts", 2, set_options}, {"ets", "all", 0, all_tables}, {"ets", "whereis", 1, whereis},
    {"ets", "info", 1, info_1}, {"ets", "info", 2, info_2}, {"ets", "insert", 2, insert<false>}, {"phial_long", "ets_insert", 2, insert<true>, native_long}, {"ets", "insert_new", 2, insert_new},
    {"ets", "lookup", 2, lookup}, {"phial_long", "ets_lookup", 2, lookup_long, native_long},
    {"phial_long", "ets_lookup_element", 3, lookup_element_long, native_long}, {"ets", "lookup_element", 3, lookup_element}, {"ets", "lookup_element", 4, lookup_element_default},
    {"ets", "member", 2, member, native_small}, {"ets", "take", 2, take}, {"ets", "tab2list", 1, to_list<false>}, {"ets", "update_counter", 3, update_counter},
    {"ets", "update_counter", 4, update_counter_default}, {"ets", "update_element", 3, update_element},
    {"ets", "update_element", 4, update_element_default}, {"ets", "first", 1, first<false>}, {"ets", "last", 1, first<true>},
    {"ets", "next", 2, next<false>}, {"ets", "prev", 2, next<true>}, {"ets", "safe_fixtable", 2, fix_table},
    {"ets", "select", 1, select_more}, {"ets", "select", 2, select_2}, {"ets", "select", 3, select_3}, {"ets", "select_reverse", 2, select_reverse},
    {"ets", "match", 1, select_more}, {"ets", "match", 2, match_2}, {"ets", "match", 3, match_3}, {"ets", "match_object", 1, select_more},
    {"ets", "match_object", 2, match_object_2}, {"ets", "match_object", 3, match_object_3}, {"ets", "select_count", 2, select_count<false>},
    {"ets", "select_delete", 2, select_delete<false>}, {"ets", "match_delete", 2, match_delete<false>}, {"ets", "select_replace", 2, select_replace<false>},
    {"phial_long", "ets_tab2list", 1, to_list<true>, native_long}, {"phial_long", "ets_select", 3, select_long, native_long},
    {"phial_long", "ets_select_count", 2, select_count<true>, native_long}, {"phial_long", "ets_select_delete", 2, select_delete<true>, native_long},
    {"phial_long", "ets_match_delete", 2, match_delete<true>, native_long}, {"phial_long", "ets_select_replace", 2, select_replace<true>, native_long},
    {"ets", "match_spec_compile", 1, spec_compile}, {"ets", "is_compiled_ms", 1, is_compiled_spec}, {"ets", "match_spec_run", 2, spec_run},
    {"ets", "test_ms", 2, test_spec},
};

}  // namespace

extern const NativeTable ets_natives = native::table_of(entries);

}  // namespace phial
