#include "vm/process/budget.hpp"

#include <algorithm>
#include <array>

#include "vm/base/available_memory.hpp"
#include "vm/base/memory.hpp"
#include "vm/term/atom.hpp"

namespace phial {
namespace {

constexpr const char* names[budget_kinds] = {"memory", "binaries", "ets", "reductions", "processes", "atoms", "mailbox", "time"};
/// A tree with a rate may run so far ahead of it, so that short work is not cut up.
constexpr int64_t burst_ns = 20'000'000;
/// ... and no process waits longer at a time.
constexpr int64_t longest_delay_ns = 250'000'000;

size_t index(BudgetKind kind) { return static_cast<size_t>(kind); }

/// The process of the VM that holds most.
Term largest_process(Vm& vm) {
  Term largest = Term::nil();
  int64_t most = -1;
  Epochs::Guard guard(vm.epochs);
  vm.processes.each([&](Process* process) {
    if (!process->counts) return;
    int64_t bytes = process->counts->weight.load(std::memory_order_relaxed);
    if (bytes <= most) return;
    most = bytes;
    largest = process->pid;
  });
  return largest;
}

}  // namespace

const char* budget_name(BudgetKind kind) { return names[index(kind)]; }

bool budget_kind(std::string_view name, BudgetKind& kind) {
  for (size_t i = 0; i < budget_kinds; i++)
    if (name == names[i]) {
      kind = static_cast<BudgetKind>(i);
      return true;
    }
  return false;
}

Term budget_reason(BudgetKind kind) {
  // Literals: foreign to every heap, never freed.
  static const auto reasons = [] {
    std::array<Term, budget_kinds> made;
    static Word words[budget_kinds][3];
    for (size_t i = 0; i < budget_kinds; i++) {
      words[i][0] = Header::make(Kind::tuple, 2);
      words[i][1] = intern_atom("budget").word;
      words[i][2] = intern_atom(names[i]).word;
      made[i] = Term::boxed(words[i]);
    }
    return made;
  }();
  return reasons[index(kind)];
}

Term end_reason(uint8_t ended) {
  return ended <= budget_kinds ? budget_reason(static_cast<BudgetKind>(ended - 1)) : atoms::killed;
}

Term budget_info(TermHeap& heap, const Process& process) {
  ProcessTree* tree = process.tree;
  auto limited = [](const ProcessTree& at) {
    for (size_t i = 0; i < budget_kinds; i++)
      if (at.limit(static_cast<BudgetKind>(i))) return true;
    return at.reductions_per_second() != 0;
  };
  while (tree && !limited(*tree)) tree = tree->outer();
  if (!tree) return atoms::nil;
  std::vector<Term> pairs;
  for (size_t i = 0; i < budget_kinds; i++) {
    auto kind = static_cast<BudgetKind>(i);
    uint64_t unit = kind == BudgetKind::time ? 1'000'000 : 1, used = tree->used(kind), most = tree->limit(kind);
    if (kind == BudgetKind::mailbox) used = process.counts->inbox_length.load(std::memory_order_relaxed) + process.mailbox_length;
    Term shown = most ? make_unsigned(heap, most / unit) : intern_atom("infinity");
    pairs.push_back(make_tuple(heap, {intern_atom(names[i]), make_tuple(heap, {make_unsigned(heap, used / unit), shown})}));
  }
  return make_list(heap, pairs);
}

ProcessTree* ProcessTree::create(Vm& vm, ProcessTree* parent, const BudgetLimits& limits, std::shared_ptr<const Capabilities> capabilities) {
  auto tree = new (memory_allocate(sizeof(ProcessTree))) ProcessTree;
  tree->parent = parent;
  if (parent) parent->retain();
  tree->vm_ = &vm;
  tree->capabilities_ = std::move(capabilities);
  tree->release = [](ByteAccount* account) {
    auto gone = static_cast<ProcessTree*>(account);
    ByteAccount* outer = gone->parent;
    gone->~ProcessTree();
    memory_free(gone);
    if (outer) outer->drop();
  };
  tree->fits = [](ByteAccount* account, size_t bytes) { return phial::fits(static_cast<ProcessTree*>(account), bytes); };
  tree->fits_table = [](ByteAccount* account, size_t bytes) {
    while (ProcessTree* over = static_cast<ProcessTree*>(account)->over(BudgetKind::ets, bytes))
      if (!over->raised(BudgetKind::ets)) return false;
    return phial::fits(static_cast<ProcessTree*>(account), bytes);
  };
  tree->make_atom = [](ByteAccount* account, std::string_view text) { return phial::make_atom(static_cast<ProcessTree*>(account), text); };
  tree->set_limits(limits);
  tree->crossed_ = limits.crossed;
  return tree;
}

ProcessTree* ProcessTree::create_for_vm(Vm& vm, const BudgetLimits& limits, std::shared_ptr<const Capabilities> capabilities) {
  ProcessTree* tree = create(vm, nullptr, limits, std::move(capabilities));
  tree->is_vm_ = true;
  return tree;
}

void ProcessTree::set_limits(const BudgetLimits& limits) {
  for (size_t i = 0; i < budget_kinds; i++) limits_[i].store(limits.limit[i], std::memory_order_relaxed);
  rate_.store(limits.reductions_per_second, std::memory_order_relaxed);
}

void ProcessTree::change_limits(const BudgetLimits& limits) {
  stop_clock();
  set_limits(limits);
  free_at_.store(0, std::memory_order_relaxed);
  began_.store(0, std::memory_order_relaxed);
  ended_.store(0, std::memory_order_seq_cst);
  start_clock(*vm_);
}

uint64_t ProcessTree::used(BudgetKind kind) const {
  auto at = [&](BudgetKind k) { return used_[index(k)].load(std::memory_order_relaxed); };
  int64_t binaries = binary_bytes.load(std::memory_order_relaxed);
  int64_t value = at(kind);
  if (kind == BudgetKind::binaries) value = binaries;
  int64_t tables = table_bytes.load(std::memory_order_relaxed);
  if (kind == BudgetKind::ets) value = tables;
  if (kind == BudgetKind::memory) value += binaries + tables + other_bytes.load(std::memory_order_relaxed);
  if (kind == BudgetKind::time) value = began_.load(std::memory_order_relaxed) ? vm_->monotonic_time() - began_.load(std::memory_order_relaxed) : 0;
  return value > 0 ? static_cast<uint64_t>(value) : 0;
}

ProcessTree* ProcessTree::over(BudgetKind kind, uint64_t more) {
  for (ProcessTree* at = this; at; at = at->outer()) {
    uint64_t most = at->limit(kind);
    if (most && (more > most || at->used(kind) > most - more)) return at;
  }
  return nullptr;
}

bool ProcessTree::raised(BudgetKind kind) {
  if (!crossed_) return false;
  uint64_t before = limit(kind), after = before;
  if (!crossed_(kind, used(kind), after)) return false;
  limits_[index(kind)].store(after, std::memory_order_relaxed);
  return after == 0 || after > before;
}

void ProcessTree::end(Vm& vm, BudgetKind kind) { end(vm, static_cast<uint8_t>(index(kind) + 1)); }
void ProcessTree::finish(Vm& vm) { end(vm, finished); }

void ProcessTree::end(Vm& vm, uint8_t how) {
  uint8_t alive = 0;
  if (!ended_.compare_exchange_strong(alive, how, std::memory_order_seq_cst)) return;
  std::vector<Term> members;
  {
    Epochs::Guard guard(vm.epochs);
    vm.processes.each([&](Process* process) {
      for (ProcessTree* at = process->tree; at; at = at->outer())
        if (at == this) members.push_back(process->pid);
    });
  }
  for (Term pid : members) force_exit(vm, pid, end_reason(how));
}

void ProcessTree::process_ended() {
  for (ProcessTree* at = this; at; at = at->outer()) {
    int64_t left = at->used_[index(BudgetKind::processes)].fetch_sub(1, std::memory_order_acq_rel) - 1;
    if (left || at->is_vm()) continue;
    at->stop_clock();  // the last one of a tree
    at->own_terms.reset();
  }
}

// Whoever takes the timer out of its wheel frees it: the thread that stops it, or the one that fires it, which may be on its way to time_is_up.
void ProcessTree::start_clock(Vm& vm) {
  int64_t began = 0;
  began_.compare_exchange_strong(began, vm.monotonic_time());
  uint64_t most = limit(BudgetKind::time);
  if (!most || ended()) return;
  int64_t due = began_.load() + static_cast<int64_t>(std::min<uint64_t>(most, INT64_MAX / 2));
  Timer* timer = make_timer(Timer::Kind::action, due / 1'000'000 + 1);
  retain();
  timer->data = this;
  timer->release = [](void* tree) { static_cast<ProcessTree*>(tree)->drop(); };
  timer->action = time_is_up;
  TimerWheel& wheel = vm.scheduling->timers();
  timer->wheel = &wheel;
  stop_clock();
  std::lock_guard guard(clock_lock_);
  clock_ = timer;
  wheel.start(timer);
}

void ProcessTree::stop_clock() {
  {
    std::lock_guard guard(clock_lock_);
    Timer* timer = clock_;
    clock_ = nullptr;
    if (!timer || !timer->wheel->cancel(timer)) return;  // time_is_up frees it, and drops what it held
    free_timer(timer);
  }
  drop();
}

void ProcessTree::time_is_up(Vm& vm, Timer& timer) {
  auto tree = static_cast<ProcessTree*>(timer.data);
  bool running;
  {
    std::lock_guard guard(tree->clock_lock_);
    running = tree->clock_ == &timer;
    if (running) tree->clock_ = nullptr;
  }
  free_timer(&timer);
  if (running) {
    if (tree->raised(BudgetKind::time))
      tree->start_clock(vm);
    else
      tree->end(vm, BudgetKind::time);
  }
  tree->drop();
}

void ProcessTree::spend(uint64_t reductions, int64_t now) {
  for (ProcessTree* at = this; at; at = at->outer()) {
    at->used_[index(BudgetKind::reductions)].fetch_add(static_cast<int64_t>(reductions), std::memory_order_relaxed);
    uint64_t rate = at->reductions_per_second();
    if (!rate) continue;
    auto cost = static_cast<int64_t>(static_cast<double>(reductions) * 1e9 / static_cast<double>(rate));
    int64_t before = at->free_at_.load(std::memory_order_relaxed);
    while (!at->free_at_.compare_exchange_weak(before, std::max(before, now) + cost, std::memory_order_relaxed)) {
    }
  }
}

int64_t ProcessTree::delay(int64_t now) {
  int64_t longest = 0;
  for (ProcessTree* at = this; at; at = at->outer())
    if (at->reductions_per_second()) longest = std::max(longest, at->free_at_.load(std::memory_order_relaxed) - now - burst_ns);
  return std::min(longest, longest_delay_ns);
}

void count_memory(Process& process) {
  int64_t words = static_cast<int64_t>(process.heap.total_words() + process.counts->mailbox_words + sizeof(Process) / sizeof(Word));
  words += std::max<int64_t>(process.counts->inbox_words.load(std::memory_order_relaxed), 0);
  int64_t bytes = words * static_cast<int64_t>(sizeof(Word));
  if (process.rare_parts) bytes += static_cast<int64_t>(process.rare_parts->bytes());
  process.tree->use(BudgetKind::memory, bytes - process.counts->bytes);
  process.counts->bytes = bytes;
  process.counts->weight.store(bytes + static_cast<int64_t>(process.heap.binary_bytes()), std::memory_order_relaxed);
}

namespace {

/// A tree's limit is reached: the tree ends. True if this process does with it.
bool tree_ends(Vm& vm, ProcessTree& tree, BudgetKind kind) {
  if (tree.raised(kind)) return false;
  tree.end(vm, kind);
  return true;
}

/// Much of what is used may be garbage: before it ends anybody, a process collects its own, once.
bool collects_first(Process& process, ProcessTree& tree, BudgetKind kind) {
  if (kind == BudgetKind::ets || process.counts->collected || process.exit_pending) return false;
  uint64_t most = tree.limit(kind), used = tree.used(kind);
  if (used > most + most / 4) return false;
  process.counts->collected = true;
  if (process.collection == Process::Collection::none) process.collection = Process::Collection::full;
  return true;
}

/// Memory of any kind is over the limit. True if this process has to end.
bool memory_crossed(Vm& vm, Process& process, ProcessTree& tree, BudgetKind kind) {
  if (!tree.is_vm()) return tree_ends(vm, tree, kind);
  // Tables refuse what is too much before it is in (expect_table_bytes): the one that wanted it has ended, and nobody else is to blame.
  if (kind == BudgetKind::ets) return false;
  if (tree.raised(kind)) return false;
  // The largest process ends. While it does, others may go on, but not far.
  uint64_t most = tree.limit(kind), used = tree.used(kind);
  Term largest = largest_process(vm);
  auto weight = static_cast<uint64_t>(process.counts->weight.load(std::memory_order_relaxed));
  if (largest == process.pid || (used > most + most / 4 && weight > most / 16)) return true;
  force_exit(vm, largest, budget_reason(kind));
  return false;
}

}  // namespace

bool others_make_room(Vm& vm, Process& process, size_t bytes) {
  if (!process.tree) return false;
  ProcessTree* tree = process.tree->over(BudgetKind::memory, bytes);
  if (!tree) return true;
  if (!tree->is_vm() || bytes > tree->limit(BudgetKind::memory)) return false;
  count_memory(process);
  Term largest = largest_process(vm);
  if (largest == process.pid || largest.is_nil()) return false;
  Epochs::Guard guard(vm.epochs);
  Process* other = vm.processes.find(largest);
  auto own = static_cast<uint64_t>(process.counts->weight.load(std::memory_order_relaxed));
  if (!other || !other->counts || static_cast<uint64_t>(other->counts->weight.load(std::memory_order_relaxed)) < own + bytes) return false;
  force_exit(vm, largest, budget_reason(BudgetKind::memory));
  return true;
}

bool within_budget(Vm& vm, Process& process, Term& reason) {
  ProcessTree& own = *process.tree;
  count_memory(process);
  auto over = [&](BudgetKind kind) {
    reason = budget_reason(kind);
    return false;
  };
  if (uint8_t ended = own.ended()) {
    reason = end_reason(ended);
    return false;
  }
  bool crossed = false;
  for (BudgetKind kind : {BudgetKind::memory, BudgetKind::binaries, BudgetKind::ets})
    if (ProcessTree* tree = own.over(kind)) [[unlikely]] {
      crossed = true;
      if (!collects_first(process, *tree, kind) && memory_crossed(vm, process, *tree, kind)) return over(kind);
    }
  if (!crossed) process.counts->collected = false;
  if (ProcessTree* tree = own.over(BudgetKind::reductions)) [[unlikely]]
    if (tree_ends(vm, *tree, BudgetKind::reductions)) return over(BudgetKind::reductions);
  uint32_t messages = process.mailbox_length + process.counts->inbox_length.load(std::memory_order_relaxed);
  for (ProcessTree* tree = &own; tree; tree = tree->outer()) {
    uint64_t most = tree->limit(BudgetKind::mailbox);
    if (!most || messages <= most) continue;
    if (tree->is_vm() ? !tree->raised(BudgetKind::mailbox) : tree_ends(vm, *tree, BudgetKind::mailbox)) return over(BudgetKind::mailbox);
  }
  return true;
}

void count_signal(Vm& vm, Process& process, const Signal& signal) {
  auto words = static_cast<int64_t>(signal.used + sizeof(Signal) / sizeof(Word));
  int64_t all = process.counts->inbox_words.fetch_add(words, std::memory_order_relaxed) + words;
  uint32_t length = process.counts->inbox_length.fetch_add(1, std::memory_order_relaxed) + 1;
  // Usually the receiver finds out itself at its next slice; one that gets none is ended from here. Seldom looked at: each 1024 signals.
  if (length % 1024) return;
  for (ProcessTree* tree = process.tree; tree; tree = tree->outer()) {
    uint64_t messages = tree->limit(BudgetKind::mailbox), bytes = tree->limit(BudgetKind::memory);
    bool mailbox = messages && length > messages;
    if (!mailbox && !(bytes && static_cast<uint64_t>(all) * sizeof(Word) > bytes)) continue;
    BudgetKind kind = mailbox ? BudgetKind::mailbox : BudgetKind::memory;
    if (tree->raised(kind)) continue;
    if (tree->is_vm())
      force_exit(vm, process.pid, budget_reason(kind));
    else
      tree->end(vm, kind);
    return;
  }
}

void force_exit(Vm& vm, Term pid, Term reason) {
  vm.send_signal(pid, make_signal(SignalKind::exit, reason, Term::nil(), forced_exit));
}

bool machine_has(size_t bytes) {
  constexpr size_t large = size_t{256} << 20;
  return bytes <= large || bytes <= available_memory();
}

bool fits(ProcessTree* tree, size_t bytes) {
  if (!machine_has(bytes)) return false;
  if (!tree || bytes < 4096) return true;
  for (BudgetKind kind : {BudgetKind::memory})
    while (ProcessTree* over = tree->over(kind, bytes))
      if (!over->raised(kind)) return false;
  return true;
}

bool fits(Context& context, size_t bytes) { return fits(context.tree(), bytes); }

Term make_atom(ProcessTree* tree, std::string_view text) {
  if (!tree) return intern_atom(text);
  if (Term atom = existing_atom(text); !atom.is_none()) return atom;
  while (ProcessTree* over = tree->over(BudgetKind::atoms, 1))
    if (!over->raised(BudgetKind::atoms)) return Term::none();
  tree->use(BudgetKind::atoms, 1);
  return intern_atom(text);
}

ProcessTree* Context::tree() { return process_ ? process_->tree : pool_tree; }

}  // namespace phial
