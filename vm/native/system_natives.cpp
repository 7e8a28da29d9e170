// :erlang's functions about time, the system, nodes, and unique numbers.
#include <ctime>

#include <algorithm>
#include <chrono>

#include "vm/io/ports.hpp"
#include "vm/native/native.hpp"
#include "vm/process/capabilities.hpp"
#include "vm/process/vm.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"
#include "vm/term/print.hpp"

namespace phial {

// ets.cpp's
size_t ets_count(Vm& vm);
size_t ets_words(Vm& vm);

namespace {

using namespace native;

Term atom(const char* text) { return intern_atom(text); }

// -- time

/// Parts per second of a unit; 0 if it is none.
int64_t parts_of(Term unit) {
  if (unit == atom("second") || unit == atom("seconds")) return 1;
  if (unit == atom("millisecond") || unit == atom("milli_seconds") || unit == atom("milliseconds")) return 1000;
  if (unit == atom("microsecond") || unit == atom("micro_seconds") || unit == atom("microseconds")) return 1000000;
  if (unit == atom("nanosecond") || unit == atom("nano_seconds") || unit == atom("nanoseconds") || unit == atom("native") ||
      unit == atom("perf_counter"))
    return 1000000000;
  return unit.is_small() && unit.small_value() > 0 ? unit.small_value() : 0;
}
int64_t floor_div(__int128 a, int64_t b) {
  __int128 q = a / b;
  return static_cast<int64_t>(a % b < 0 ? q - 1 : q);
}
Term in_unit(Context& c, int64_t nanoseconds, Term unit) {
  int64_t parts = parts_of(unit);
  if (!parts) return c.badarg();
  return make_integer(c.heap(), floor_div(static_cast<__int128>(nanoseconds) * parts, 1000000000));
}
int64_t monotonic_nanoseconds(Context& c) { return seen_time(c, c.vm().monotonic_time()); }
int64_t system_nanoseconds(Context& c) { return seen_time(c, c.vm().monotonic_time() + c.vm().time_offset()); }

Term monotonic_0(Context& c, const Term*) { return make_integer(c.heap(), monotonic_nanoseconds(c)); }
Term monotonic_1(Context& c, const Term* a) { return in_unit(c, monotonic_nanoseconds(c), a[0]); }
Term system_time_0(Context& c, const Term*) { return make_integer(c.heap(), system_nanoseconds(c)); }
Term system_time_1(Context& c, const Term* a) { return in_unit(c, system_nanoseconds(c), a[0]); }
Term time_offset_0(Context& c, const Term*) { return make_integer(c.heap(), c.vm().time_offset()); }
Term time_offset_1(Context& c, const Term* a) { return in_unit(c, c.vm().time_offset(), a[0]); }
Term convert_time_unit(Context& c, const Term* a) {
  int64_t from = parts_of(a[1]), to = parts_of(a[2]);
  if (!a[0].is_integer() || !from || !to) return c.badarg();
  if (a[0].is_small()) {
    __int128 value = static_cast<__int128>(a[0].small_value()) * to;
    __int128 q = value / from;
    if (value % from < 0) q--;
    if (q >= INT64_MIN && q <= INT64_MAX) return make_integer(c.heap(), static_cast<int64_t>(q));
  }
  TermHeap& heap = c.heap();
  Term product = number_multiply(heap, a[0], make_integer(heap, to));
  Term divisor = make_integer(heap, from);
  Term quotient = integer_quotient(heap, product, divisor);
  Term rest = integer_remainder(heap, product, divisor);
  bool negative = rest.is_small() ? rest.small_value() < 0 : rest.kind() == Kind::bignum_negative;
  return negative ? number_subtract(heap, quotient, Term::small(1)) : quotient;
}
Term timestamp_of(Context& c, int64_t nanoseconds) {
  int64_t micro = nanoseconds / 1000;
  return make_tuple(c.heap(), {Term::small(micro / 1000000000000), Term::small(micro / 1000000 % 1000000), Term::small(micro % 1000000)});
}
Term timestamp(Context& c, const Term*) { return timestamp_of(c, system_nanoseconds(c)); }
Term calendar(Context& c, int64_t seconds, bool local) {
  auto at = static_cast<time_t>(seconds);
  tm parts{};
  local ? localtime_r(&at, &parts) : gmtime_r(&at, &parts);
  TermHeap& heap = c.heap();
  Term date = make_tuple(heap, {Term::small(parts.tm_year + 1900), Term::small(parts.tm_mon + 1), Term::small(parts.tm_mday)});
  Term time = make_tuple(heap, {Term::small(parts.tm_hour), Term::small(parts.tm_min), Term::small(parts.tm_sec)});
  return make_tuple(heap, {date, time});
}
Term date_of(Context& c, const Term*) { return calendar(c, system_nanoseconds(c) / 1000000000, true).element(0); }
Term time_of(Context& c, const Term*) { return calendar(c, system_nanoseconds(c) / 1000000000, true).element(1); }
Term localtime(Context& c, const Term*) { return calendar(c, system_nanoseconds(c) / 1000000000, true); }
Term universaltime(Context& c, const Term*) { return calendar(c, system_nanoseconds(c) / 1000000000, false); }

bool read_calendar(Term datetime, tm* parts) {
  if (!datetime.is_tuple(2) || !datetime.element(0).is_tuple(3) || !datetime.element(1).is_tuple(3)) return false;
  int64_t v[6];
  for (size_t i = 0; i < 6; i++) {
    Term part = datetime.element(i / 3).element(i % 3);
    if (!part.is_small()) return false;
    v[i] = part.small_value();
  }
  if (v[1] < 1 || v[1] > 12 || v[2] < 1 || v[2] > 31 || v[3] < 0 || v[3] > 23 || v[4] < 0 || v[4] > 59 || v[5] < 0 || v[5] > 59 || v[0] < 0 ||
      v[0] > 100000)
    return false;
  *parts = tm{};
  parts->tm_year = static_cast<int>(v[0] - 1900);
  parts->tm_mon = static_cast<int>(v[1] - 1);
  parts->tm_mday = static_cast<int>(v[2]);
  parts->tm_hour = static_cast<int>(v[3]);
  parts->tm_min = static_cast<int>(v[4]);
  parts->tm_sec = static_cast<int>(v[5]);
  return true;
}
Term universaltime_to_localtime(Context& c, const Term* a) {
  tm parts;
  if (!read_calendar(a[0], &parts)) return c.badarg();
  return calendar(c, timegm(&parts), true);
}
Term localtime_to_universaltime(Context& c, const Term* a) {
  tm parts;
  if (!read_calendar(a[0], &parts)) return c.badarg();
  parts.tm_isdst = -1;
  return calendar(c, mktime(&parts), false);
}
Term localtime_to_universaltime_2(Context& c, const Term* a) {
  tm parts;
  if (!read_calendar(a[0], &parts)) return c.badarg();
  parts.tm_isdst = a[1] == atoms::true_ ? 1 : a[1] == atoms::false_ ? 0 : -1;
  return calendar(c, mktime(&parts), false);
}
Term universaltime_to_posixtime(Context& c, const Term* a) {
  tm parts;
  if (!read_calendar(a[0], &parts)) return c.badarg();
  return make_integer(c.heap(), timegm(&parts));
}
Term posixtime_to_universaltime(Context& c, const Term* a) {
  if (!a[0].is_small()) return c.badarg();
  return calendar(c, a[0].small_value(), false);
}

// -- unique numbers

Term unique_integer_with(Context& c, Term modifiers) {
  bool positive = false, monotonic = false;
  for (Term item : ListRange(modifiers)) {
    if (item == atom("positive")) positive = true;
    else if (item == atom("monotonic")) monotonic = true;
    else return c.badarg();
  }
  auto value = static_cast<int64_t>(c.vm().unique_integer());
  // Those that need not be positive begin below zero, as in Erlang; the order of the counter is kept.
  (void)monotonic;
  return make_integer(c.heap(), positive ? value : value - Term::max_small / 2);
}
Term unique_integer_0(Context& c, const Term*) { return unique_integer_with(c, Term::nil()); }
Term unique_integer_1(Context& c, const Term* a) { return unique_integer_with(c, a[0]); }
Term now_0(Context& c, const Term*) {
  // Strictly increasing.
  struct Last { std::atomic<int64_t> value{0}; };
  std::atomic<int64_t>& last = c.vm().state<Last>().value;
  int64_t micro = system_nanoseconds(c) / 1000, before = last.load(std::memory_order_relaxed);
  do {
    if (micro <= before) micro = before + 1;
  } while (!last.compare_exchange_weak(before, micro));
  return timestamp_of(c, micro * 1000);
}

// -- nodes

Term own_node() {
  static const Term name = atom("nonode@nohost");
  return name;
}
Term node_0(Context&, const Term*) { return own_node(); }
Term node_1(Context& c, const Term* a) {
  if (!a[0].is_pid() && !a[0].is_port() && !a[0].is_reference()) return c.badarg();
  return own_node();
}
Term nodes(Context&, const Term*) { return Term::nil(); }
Term nodes_1(Context& c, const Term* a) {
  if (a[0].is_atom() && a[0] == atom("this")) return make_list(c.heap(), {atom("nonode@nohost")});
  return Term::nil();
}
Term is_alive(Context&, const Term*) { return atoms::false_; }
Term no_node(Context& c, const Term* a) { return a[0].is_atom() ? atoms::false_ : c.badarg(); }
Term monitor_node(Context& c, const Term* a) {
  if (!a[0].is_atom() || (a[1] != atoms::true_ && a[1] != atoms::false_)) return c.badarg();
  if (a[1] == atoms::true_ && a[0] != atom("nonode@nohost")) {
    Term parts[] = {atom("nodedown"), a[0]};
    c.vm().send_signal(c.process()->pid, make_tuple_message(parts));
  }
  return atoms::true_;
}
Term get_cookie(Context&, const Term*) { return atom("nocookie"); }
Term set_cookie(Context&, const Term*) { return atoms::true_; }

// -- the system

size_t resident_bytes() {
  size_t pages = 0;
  if (FILE* file = std::fopen("/proc/self/statm", "r")) {
    size_t total;
    if (std::fscanf(file, "%zu %zu", &total, &pages) != 2) pages = 0;
    std::fclose(file);
  }
  return pages * 4096;
}
struct MemorySums { size_t total, processes, system, atom_bytes, binary, code, ets; };
MemorySums memory_sums(Context& c) {
  Vm& vm = c.vm();
  MemorySums sums{};
  auto words = vm.heap_words.load(std::memory_order_relaxed);
  sums.processes = static_cast<size_t>(words > 0 ? words : 0) * sizeof(Word) + vm.live_processes.load(std::memory_order_relaxed) * sizeof(Process);
  sums.code = vm.code.code_bytes() + vm.code.literal_words() * sizeof(Word);
  sums.atom_bytes = atom_count() * 48;
  sums.binary = shared_binary_bytes();
  sums.ets = ets_words(vm) * sizeof(Word);
  sums.total = std::max(resident_bytes(), sums.processes + sums.code + sums.atom_bytes + sums.binary + sums.ets);
  sums.system = sums.total - sums.processes;
  return sums;
}
Term memory_value(Context& c, const MemorySums& s, Term key) {
  auto value = [&](size_t n) { return make_unsigned(c.heap(), n); };
  if (key == atom("total")) return value(s.total);
  if (key == atom("processes") || key == atom("processes_used")) return value(s.processes);
  if (key == atom("system")) return value(s.system);
  if (key == atom("atom") || key == atom("atom_used")) return value(s.atom_bytes);
  if (key == atom("binary")) return value(s.binary);
  if (key == atom("code")) return value(s.code);
  if (key == atom("ets")) return value(s.ets);
  return Term::none();
}
constexpr const char* memory_keys[] = {"total", "processes", "processes_used", "system", "atom", "atom_used", "binary", "code", "ets"};
Term memory_0(Context& c, const Term*) {
  MemorySums sums = memory_sums(c);
  std::vector<Term> pairs;
  for (const char* key : memory_keys) pairs.push_back(make_tuple(c.heap(), {atom(key), memory_value(c, sums, atom(key))}));
  return make_list(c.heap(), pairs);
}
Term memory_1(Context& c, const Term* a) {
  MemorySums sums = memory_sums(c);
  if (a[0].is_atom()) {
    Term value = memory_value(c, sums, a[0]);
    return value.is_none() ? c.badarg() : value;
  }
  std::vector<Term> pairs;
  for (Term key : ListRange(a[0])) {
    Term value = key.is_atom() ? memory_value(c, sums, key) : Term::none();
    if (value.is_none()) return c.badarg();
    pairs.push_back(make_tuple(c.heap(), {key, value}));
  }
  return make_list(c.heap(), pairs);
}

bool is_one_of(Term term, std::initializer_list<const char*> names) {
  return std::ranges::any_of(names, [&](const char* name) { return term == atom(name); });
}

Term statistics(Context& c, const Term* a) {
  // Some answers come with what has passed since the last question of anybody in this VM.
  struct Last { std::atomic<int64_t> wall{0}, cpu{0}; std::atomic<uint64_t> reductions{0}; };
  Vm& vm = c.vm();
  Last& last = vm.state<Last>();
  TermHeap& heap = c.heap();
  auto pair = [&](int64_t total, int64_t since) { return make_tuple(heap, {make_integer(heap, total), make_integer(heap, since)}); };
  if (a[0] == atom("reductions") || a[0] == atom("exact_reductions")) {
    auto total = vm.scheduling->total_reductions();
    return pair(static_cast<int64_t>(total), static_cast<int64_t>(total - last.reductions.exchange(total)));
  }
  if (a[0] == atom("runtime")) {
    auto cpu = static_cast<int64_t>(std::clock() / (CLOCKS_PER_SEC / 1000));
    if (vm.config.deterministic) cpu = vm.monotonic_time() / 1000000;
    return pair(cpu, cpu - last.cpu.exchange(cpu));
  }
  if (a[0] == atom("wall_clock")) {
    int64_t wall = (vm.monotonic_time() - vm.start_time()) / 1000000;
    return pair(wall, wall - last.wall.exchange(wall));
  }
  if (a[0] == atom("context_switches")) return make_tuple(heap, {make_unsigned(heap, vm.scheduling->context_switches()), Term::small(0)});
  if (is_one_of(a[0], {"run_queue_lengths", "run_queue_lengths_all", "active_tasks", "active_tasks_all"})) {
    bool all = atom_text(a[0]).ends_with("_all"), tasks = atom_text(a[0]).starts_with("active");
    std::vector<Term> numbers;
    for (const Scheduling::Figures& one : vm.scheduling->figures()) numbers.push_back(Term::small(static_cast<int64_t>(one.queue + (tasks && one.active))));
    numbers.push_back(Term::small(0));           // of blocking calls, which wait in no queue of processes
    if (all) numbers.push_back(Term::small(0));
    return make_list(heap, numbers);
  }
  if (is_one_of(a[0], {"scheduler_wall_time", "scheduler_wall_time_all"})) {
    if (!vm.watch.wall_time_on()) return atoms::undefined;
    std::vector<Term> rows;
    int64_t id = 0, wall = vm.monotonic_time() - vm.start_time();
    for (const Scheduling::Figures& one : vm.scheduling->figures())
      rows.push_back(make_tuple(heap, {Term::small(++id), make_integer(heap, one.busy_nanoseconds), make_integer(heap, wall)}));
    return make_list(heap, rows);
  }
  if (a[0] == atom("microstate_accounting")) return atoms::undefined;
  if (a[0] == atom("total_active_tasks") || a[0] == atom("total_active_tasks_all")) {
    size_t sum = 0;
    for (const Scheduling::Figures& one : vm.scheduling->figures()) sum += one.queue + one.active;
    return Term::small(static_cast<int64_t>(sum));
  }
  if (a[0] == atom("total_run_queue_lengths_all") || a[0] == atom("run_queue") || a[0] == atom("total_run_queue_lengths")) return Term::small(static_cast<int64_t>(vm.scheduling->run_queue_length()));
  if (a[0] == atom("io")) {
    auto [input, output] = vm.state<PortTable>().transferred();
    return make_tuple(heap, {make_tuple(heap, {atom("input"), make_unsigned(heap, input)}),
                             make_tuple(heap, {atom("output"), make_unsigned(heap, output)})});
  }
  if (a[0] == atom("garbage_collection"))
    return make_tuple(heap, {make_unsigned(heap, vm.collections.load(std::memory_order_relaxed)),
                             make_unsigned(heap, vm.reclaimed_words.load(std::memory_order_relaxed)), Term::small(0)});
  if (a[0] == atom("longest_gc_stop")) return pair(vm.longest_stop.load(), vm.longest_stop_since.exchange(0));  // nanoseconds
  return c.badarg();
}

/// The texts of a crash dump's parts that system_info gives.
std::string summary(Vm& vm, std::string_view key) {
  if (key == "dist") return "=node:'nonode@nohost'\n=no_distribution\n";
  if (key == "loaded") {
    std::string text = "Current code: " + std::to_string(vm.code.code_bytes()) + "\n";
    for (Module* module : vm.code.loaded_modules()) text += std::string(atom_text(module->name)) + " " + std::to_string(module->code_words * sizeof(Word)) + "\n";
    return text;
  }
  std::string text;
  vm.processes.each([&](Process* process) {
    text += "=proc:" + print_term(process->pid) + "\nSpawned as: " + std::string(atom_text(process->initial_module())) + ":" +
            std::string(atom_text(process->initial_name())) + "/" + std::to_string(process->initial_arity) + "\n";
  });
  return text;
}

Term system_info(Context& c, const Term* a) {
  Vm& vm = c.vm();
  TermHeap& heap = c.heap();
  auto number = [&](size_t n) { return make_unsigned(heap, n); };
  auto text = [&](std::string_view s) { return make_charlist(heap, s); };
  if (!a[0].is_atom()) {
    if (a[0].is_tuple(2) && a[0].element(0) == atom("allocator")) return atoms::undefined;
    return c.badarg();
  }
  std::string_view key = atom_text(a[0]);
  if (key == "schedulers" || key == "logical_processors" || key == "logical_processors_available" || key == "logical_processors_online" ||
      key == "dirty_cpu_schedulers" || key == "dirty_cpu_schedulers_online")
    return number(vm.scheduling->count());
  if (key == "schedulers_online") return number(vm.scheduling->online());
  if (key == "dirty_io_schedulers") return number(16);
  if (key == "scheduler_id") return number(c.machine ? c.machine->index + 1 : 1);
  if (key == "process_count") return number(vm.live_processes.load(std::memory_order_relaxed));
  if (key == "process_limit") return number(vm.processes.limit());
  if (key == "port_count") return number(vm.state<PortTable>().count());
  if (key == "port_limit") return number(65536);
  if (key == "atom_count") return number(atom_count());
  if (key == "atom_limit") return number(vm.config.max_atoms);
  if (key == "ets_count") return number(ets_count(vm));
  if (key == "ets_limit") return number(1 << 20);
  if (key == "otp_release") return text("27");
  if (key == "version") return text("15.0");
  if (key == "system_version") return text("Phial 0.1.0\n");
  if (key == "system_architecture") return text("x86_64-pc-linux-gnu");
  if (key == "machine") return text("Phial");
  if (key == "wordsize") return number(8);
  if (key == "endian") return atom(std::endian::native == std::endian::little ? "little" : "big");
  if (key == "emu_flavor") return atom("interpreter");
  if (key == "emu_type") return atom("opt");
  if (key == "smp_support" || key == "threads") return atoms::true_;
  if (key == "thread_pool_size") return number(16);
  if (key == "multi_scheduling") return atom("enabled");
  if (key == "fullsweep_after") return make_tuple(heap, {a[0], number(65535)});
  if (key == "min_heap_size") return make_tuple(heap, {a[0], number(64)});
  if (key == "max_heap_size") return make_tuple(heap, {a[0], make_empty_map(heap)});
  if (key == "start_time") return make_integer(heap, vm.start_time());
  if (key == "os_monotonic_time_source" || key == "os_system_time_source") return Term::nil();
  if (key == "time_correction") return atoms::true_;
  if (key == "time_warp_mode") return atom("no_time_warp");
  if (key == "time_offset") return atom("final");
  if (key == "build_type") return atom("opt");
  if (key == "creation") return number(0);
  if (key == "delayed_node_table_gc") return atoms::infinity;
  if (key == "dist_ctrl") return Term::nil();
  if (key == "tolerant_timeofday") return atom("enabled");
  if (key == "compat_rel") return number(27);
  if (key == "debug_compiled") return atoms::false_;
  if (key == "driver_version" || key == "nif_version") return text("2.17");
  if (key == "info") return make_binary(heap, "Phial\n");
  if (key == "cpu_topology") return atoms::undefined;
  if (key == "heap_type") return atom("private");
  if (key == "message_queue_data") return atom("on_heap");
  if (key == "garbage_collection")
    return make_list(heap, {make_tuple(heap, {atom("max_heap_size"), number(0)}), make_tuple(heap, {atom("min_bin_vheap_size"), number(32768)}),
                            make_tuple(heap, {atom("min_heap_size"), number(64)}), make_tuple(heap, {atom("fullsweep_after"), number(65535)})});
  if (key == "min_bin_vheap_size") return make_tuple(heap, {a[0], number(32768)});
  if (key == "trace_control_word") return number(0);
  if (key == "sequential_tracer") return make_tuple(heap, {a[0], atoms::false_});
  if (key == "scheduler_bind_type") return atom("unbound");
  if (key == "scheduler_bindings") {
    std::vector<Term> bindings(vm.scheduling->count(), atom("unbound"));
    return phial::make_tuple(heap, std::span<const Term>(bindings));
  }
  if (key == "schedulers_state") return make_tuple(heap, {number(vm.scheduling->count()), number(vm.scheduling->online()), number(vm.scheduling->online())});
  if (key == "multi_scheduling_blockers" || key == "normal_multi_scheduling_blockers") return Term::nil();
  if (key == "kernel_poll" || key == "eager_check_io" || key == "break_ignored") return boolean(key != "break_ignored");
  if (key == "port_parallelism" || key == "dynamic_trace_probes") return atoms::false_;
  if (key == "dynamic_trace") return atom("none");
  if (key == "update_cpu_info") return atom("unchanged");
  if (key == "cpu_quota") return atom("unknown");
  if (key == "modified_timing_level") return atoms::undefined;
  if (key == "dist_buf_busy_limit") return number(1 << 20);
  if (key == "alloc_util_allocators") return Term::nil();
  if (key == "system_logger") {
    Term logger = vm.registry.find(atom("logger"));
    return logger.is_none() ? atoms::undefined : logger;
  }
  if (key == "end_time") return make_integer(heap, INT64_MAX);
  if (key == "procs" || key == "loaded" || key == "dist") return make_binary(heap, summary(vm, key));
  if (key == "c_compiler_used") return make_tuple(heap, {atom("clang"), text(__clang_version__)});
  return c.badarg();
}
Term system_flag(Context& c, const Term* a) {
  if (!a[0].is_atom()) return c.badarg();
  if (a[0] == atom("scheduler_wall_time")) {
    if (a[1] != atoms::true_ && a[1] != atoms::false_) return c.badarg();
    return boolean(c.vm().watch.wall_time(c.vm(), a[1] == atoms::true_) > 0);
  }
  if (a[0] == atom("trace_control_word") || a[0] == atom("dist_buf_busy_limit")) return a[1].is_small() ? Term::small(a[0] == atom("dist_buf_busy_limit") ? 1 << 20 : 0) : c.badarg();
  if (a[0] == atom("scheduler_bind_type")) return atom("unbound");
  if (a[0] == atom("cpu_topology")) return atoms::undefined;
  if (a[0] == atom("max_heap_size") || a[0] == atom("min_bin_vheap_size")) return Term::small(a[0] == atom("max_heap_size") ? 0 : 32768);
  if (a[0] == atom("schedulers_online")) return Term::small(c.vm().scheduling->online());
  if (a[0] == atom("fullsweep_after")) return Term::small(65535);
  if (a[0] == atom("min_heap_size")) return Term::small(64);
  if (a[0] == atom("multi_scheduling")) return atom("enabled");
  if (a[0] == atom("backtrace_depth")) return Term::small(8);
  if (a[0] == atom("time_offset")) return atom("final");
  return c.badarg();
}

constexpr NativeEntry entries[] = {
    {"erlang", "monotonic_time", 0, monotonic_0}, {"erlang", "monotonic_time", 1, monotonic_1},
    {"erlang", "system_time", 0, system_time_0}, {"erlang", "system_time", 1, system_time_1},
    {"erlang", "time_offset", 0, time_offset_0}, {"erlang", "time_offset", 1, time_offset_1},
    {"erlang", "convert_time_unit", 3, convert_time_unit}, {"erlang", "timestamp", 0, timestamp}, {"erlang", "now", 0, now_0},
    {"erlang", "date", 0, date_of}, {"erlang", "time", 0, time_of}, {"erlang", "localtime", 0, localtime},
    {"erlang", "universaltime", 0, universaltime},
    {"erlang", "universaltime_to_localtime", 1, universaltime_to_localtime},
    {"erlang", "localtime_to_universaltime", 1, localtime_to_universaltime},
    {"erlang", "localtime_to_universaltime", 2, localtime_to_universaltime_2},
    {"erlang", "universaltime_to_posixtime", 1, universaltime_to_posixtime},
    {"erlang", "posixtime_to_universaltime", 1, posixtime_to_universaltime},
    {"erlang", "unique_integer", 0, unique_integer_0}, {"erlang", "unique_integer", 1, unique_integer_1},
    {"erlang", "node", 0, node_0, native_guard | native_small}, {"erlang", "node", 1, node_1, native_guard | native_small}, {"erlang", "nodes", 0, nodes},
    {"erlang", "nodes", 1, nodes_1}, {"erlang", "is_alive", 0, is_alive}, {"erlang", "disconnect_node", 1, no_node},
    {"erlang", "monitor_node", 2, monitor_node}, {"erlang", "get_cookie", 0, get_cookie}, {"erlang", "get_cookie", 1, get_cookie},
    {"erlang", "set_cookie", 1, set_cookie}, {"erlang", "set_cookie", 2, set_cookie},
    {"erlang", "memory", 0, memory_0}, {"erlang", "memory", 1, memory_1}, {"erlang", "statistics", 1, statistics},
    {"erlang", "system_info", 1, system_info}, {"erlang", "system_flag", 2, system_flag},
};

}  // namespace

extern const NativeTable system_natives;
constexpr NativeTable system_natives = native::table_of(entries);

}  // namespace phial
