// :re: regular expressions over PCRE2. The natives are compile, run, inspect and version; split and replace are written in the
// language (stdlib/erlang/re.ex) over run.
//
// A compiled pattern is {:re_pattern, captures, unicode, use_crlf, code}, as in OTP. `code` is a binary that holds the options and
// the source, not PCRE2's own form: so patterns are plain data that goes into bytecode, messages and ETS tables, two patterns of
// one source are equal, and nothing has to be trusted. What PCRE2 made of it stands in the VM's PatternCache under the bytes of
// `code`; the text of patterns given as such goes the same way, so they are not compiled anew at each call either.
//
// Threads: a Pattern is immutable but for its counters and its spare Scratch, which the one who takes it owns alone. A pattern that
// is used often is compiled to machine code by PCRE2's JIT: one thread does so on a copy, and publishes it in `fast`.
//
// A run never hangs: PCRE2's match limits bound one match (errors count as :nomatch, or are told with :report_errors), and a global
// run counts reductions between matches and continues in a later slice through re.run_on/1. Nor does it hold a scheduler: at first a match
// gets no more than `quick_match_limit`, a millisecond; one that needs more begins anew as a long native function (:phial_long.re_run_on) with a form of
// the pattern that calls back at each of its items, where the function can be left.
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <unordered_map>
#include <vector>

#include "vm/base/utf8.hpp"
#include "vm/base/work.hpp"
#include "vm/native/native.hpp"
#include "vm/process/tick.hpp"
#include "vm/process/vm.hpp"

namespace phial {
namespace {

constexpr uint32_t default_match_limit = 10'000'000;
constexpr uint32_t quick_match_limit = 30'000;
constexpr uint32_t heap_limit_kib = 256 * 1024;
constexpr uint32_t runs_before_jit = 8;
constexpr size_t max_cached_patterns = 2048;
constexpr size_t header_bytes = 8;  // of `code`: "re1", newline, options
constexpr size_t bytes_per_reduction = 64;

/// What a thread needs while it matches.
struct Scratch {
  pcre2_match_data* data = nullptr;
  pcre2_match_context* context = nullptr;
  pcre2_jit_stack* stack = nullptr;
  ~Scratch() {
    pcre2_match_data_free(data);
    pcre2_match_context_free(context);
    pcre2_jit_stack_free(stack);
  }
};

struct Pattern {
  pcre2_code* code = nullptr;
  std::atomic<pcre2_code*> fast{nullptr};  // the same with machine code
  std::atomic<pcre2_code*> patient{nullptr};  // the same with callouts at each item, where a long match can be left
  std::atomic<uint32_t> runs{0};
  std::atomic<Scratch*> spare{nullptr};
  uint32_t captures = 0;
  bool unicode = false;
  bool crlf = false;
  std::vector<std::pair<std::string, int>> names;  // sorted by name; duplicates stand together

  ~Pattern() {
    delete spare.load();
    pcre2_code_free(fast.load());
    pcre2_code_free(patient.load());
    pcre2_code_free(code);
  }
  std::unique_ptr<Scratch> take_scratch() {
    if (Scratch* found = spare.exchange(nullptr, std::memory_order_acquire)) return std::unique_ptr<Scratch>(found);
    auto made = std::make_unique<Scratch>();
    made->data = pcre2_match_data_create_from_pattern(code, nullptr);
    made->context = pcre2_match_context_create(nullptr);
    return made;
  }
  void give_back(std::unique_ptr<Scratch> scratch) {
    delete spare.exchange(scratch.release(), std::memory_order_acq_rel);
  }
};
using PatternHandle = std::shared_ptr<Pattern>;

/// The patterns of a VM by the bytes of their `code`. When full it starts anew: who still runs a pattern holds it.
class PatternCache {
 public:
  PatternHandle find(std::string_view key) {
    std::lock_guard lock(mutex_);
    auto found = patterns_.find(key);
    return found == patterns_.end() ? nullptr : found->second;
  }
  void add(std::string_view key, PatternHandle pattern) {
    std::lock_guard lock(mutex_);
    if (patterns_.size() >= max_cached_patterns) patterns_.clear();
    patterns_.emplace(std::string(key), std::move(pattern));
  }

 private:
  struct Hash {
    using is_transparent = void;
    size_t operator()(std::string_view key) const { return std::hash<std::string_view>()(key); }
  };
  std::mutex mutex_;
  std::unordered_map<std::string, PatternHandle, Hash, std::equal_to<>> patterns_;
};

// -- options

struct CompileOptions {
  uint32_t flags = 0;
  uint8_t newline = 0;  // PCRE2_NEWLINE_*; 0: the default, a line feed
  uint8_t bsr = 0;      // PCRE2_BSR_*; 0: the default
  bool unicode() const { return flags & PCRE2_UTF; }
};

uint8_t newline_of(Term value) {
  std::string_view name = value.is_atom() ? atom_text(value) : "";
  return name == "cr" ? PCRE2_NEWLINE_CR : name == "lf" ? PCRE2_NEWLINE_LF : name == "crlf" ? PCRE2_NEWLINE_CRLF
         : name == "any" ? PCRE2_NEWLINE_ANY : name == "anycrlf" ? PCRE2_NEWLINE_ANYCRLF : name == "nul" ? PCRE2_NEWLINE_NUL : 0;
}

/// Takes one option if it is one of compile's.
bool compile_option(Term option, CompileOptions& options) {
  static constexpr struct { const char* name; uint32_t flag; } flags[] = {
      {"unicode", PCRE2_UTF}, {"anchored", PCRE2_ANCHORED}, {"caseless", PCRE2_CASELESS}, {"dollar_endonly", PCRE2_DOLLAR_ENDONLY},
      {"dotall", PCRE2_DOTALL}, {"extended", PCRE2_EXTENDED}, {"firstline", PCRE2_FIRSTLINE}, {"multiline", PCRE2_MULTILINE},
      {"no_auto_capture", PCRE2_NO_AUTO_CAPTURE}, {"dupnames", PCRE2_DUPNAMES}, {"ungreedy", PCRE2_UNGREEDY},
      {"no_start_optimize", PCRE2_NO_START_OPTIMIZE}, {"ucp", PCRE2_UCP}, {"never_utf", PCRE2_NEVER_UTF}};
  if (option.is_atom()) {
    std::string_view name = atom_text(option);
    for (auto& flag : flags)
      if (name == flag.name) {
        options.flags |= flag.flag;
        return true;
      }
    if (name == "bsr_anycrlf") options.bsr = PCRE2_BSR_ANYCRLF;
    else if (name == "bsr_unicode") options.bsr = PCRE2_BSR_UNICODE;
    else return name == "export";
    return true;
  }
  if (!option.is_tuple(2) || !option.element(0).is_atom() || atom_text(option.element(0)) != "newline") return false;
  return (options.newline = newline_of(option.element(1))) != 0;
}

/// Text given as iodata, or with `unicode` as chardata; false if it is neither. A binary is not copied.
bool read_text(Term text, bool unicode, std::string& scratch, std::string_view& out) {
  if (is_binary(text)) {
    out = bytes_of(text, scratch);
    return true;
  }
  if (!text.is_list()) return false;
  if (!unicode) {
    if (!native::append_iodata(text, scratch)) return false;
  } else {
    std::vector<Term> pending{text};
    std::string bytes;
    while (!pending.empty()) {
      Term at = pending.back();
      pending.pop_back();
      if (at.is_cons()) {
        pending.push_back(at.tail());
        pending.push_back(at.head());
      } else if (at.is_small()) {
        if (at.small_value() < 0 || at.small_value() > 0x10ffff || !utf8_append(scratch, static_cast<uint32_t>(at.small_value())))
          return false;
      } else if (is_binary(at)) {
        scratch += bytes_of(at, bytes);
      } else if (!at.is_nil()) {
        return false;
      }
    }
  }
  out = scratch;
  return true;
}

// -- compiling

/// The `code` of a pattern: its key, too.
std::string encode(const CompileOptions& options, std::string_view source) {
  std::string code = "re1";
  code += static_cast<char>(options.newline << 2 | options.bsr);
  for (int i = 0; i < 4; i++) code += static_cast<char>(options.flags >> (8 * i));
  code += source;
  return code;
}
bool decode(std::string_view code, CompileOptions& options, std::string_view& source) {
  if (code.size() < header_bytes || code.substr(0, 3) != "re1") return false;
  auto where = static_cast<uint8_t>(code[3]);
  options.newline = where >> 2;
  options.bsr = where & 3;
  for (int i = 0; i < 4; i++) options.flags |= static_cast<uint32_t>(static_cast<uint8_t>(code[4 + static_cast<size_t>(i)])) << (8 * i);
  source = code.substr(header_bytes);
  return true;
}

/// Errors in the words that programs know them by: PCRE's before its second version, where PCRE2 says it otherwise.
std::string error_text(int error) {
  switch (error) {
    case 101: return "\\ at end of pattern";
    case 102: return "\\c at end of pattern";
    case 108: return "range out of order in character class";
    case 109: return "nothing to repeat";
    case 111: return "unrecognized character after (? or (?-";
    case 114: return "missing )";
    case 115: return "reference to non-existent subpattern";
    case 122: return "unmatched parentheses";
    case 125: return "lookbehind assertion is not fixed length";
    case 142: return "syntax error in subpattern name (missing terminator)";
    case 143: return "two named subpatterns have the same name";
    case 144: return "group name must start with a non-digit";
    case 147: return "unknown property name after \\P or \\p";
    case 150: return "invalid range in character class";
    case 177: return "character value in \\x{} or \\o{} is too large";
  }
  char buffer[256];
  pcre2_get_error_message(error, reinterpret_cast<PCRE2_UCHAR*>(buffer), sizeof buffer);
  return buffer;
}

struct CompileError {
  std::string text;
  size_t offset = 0;
};

void read_names(Pattern& pattern) {
  uint32_t count = 0, size = 0;
  PCRE2_SPTR table = nullptr;
  pcre2_pattern_info(pattern.code, PCRE2_INFO_NAMECOUNT, &count);
  pcre2_pattern_info(pattern.code, PCRE2_INFO_NAMEENTRYSIZE, &size);
  pcre2_pattern_info(pattern.code, PCRE2_INFO_NAMETABLE, &table);
  for (uint32_t i = 0; i < count; i++) {
    PCRE2_SPTR entry = table + static_cast<size_t>(i) * size;
    pattern.names.emplace_back(reinterpret_cast<const char*>(entry + 2), entry[0] << 8 | entry[1]);
  }
}

/// PCRE2's character tables for ISO Latin-1, which is what Erlang's patterns without :unicode know: \w matches the byte of é, and /i
/// takes it for that of É. The layout is the one of pcre2_maketables: lower case, flipped case, ten class bitmaps, type flags.
const uint8_t* latin1_tables() {
  enum : size_t { lower = 0, flipped = 256, bitmaps = 512, types = 832 };
  enum : size_t { upper_map = 96, lower_map = 128, word_map = 160, graph_map = 192, print_map = 224, punct_map = 256, control_map = 288 };
  enum : uint8_t { letter_type = 0x02, lower_type = 0x04, word_type = 0x10 };
  static const uint8_t* const built = [] {
    auto* table = const_cast<uint8_t*>(pcre2_maketables(nullptr));
    auto put = [&](size_t map, unsigned c) { table[bitmaps + map + c / 8] |= static_cast<uint8_t>(1u << (c % 8)); };
    for (unsigned c = 128; c < 256; c++) {
      bool is_upper = c >= 0xc0 && c <= 0xde && c != 0xd7;
      bool is_lower = (c >= 0xdf && c != 0xf7) || c == 0xaa || c == 0xb5 || c == 0xba;
      if (c < 0xa0) {
        put(control_map, c);
        continue;
      }
      put(graph_map, c);
      put(print_map, c);
      if (!is_upper && !is_lower) {
        put(punct_map, c);
        continue;
      }
      put(is_upper ? upper_map : lower_map, c);
      put(word_map, c);
      table[types + c] |= static_cast<uint8_t>(letter_type | word_type | (is_lower ? lower_type : 0));
      if (is_upper) {
        table[lower + c] = static_cast<uint8_t>(c + 32);
        table[flipped + c] = static_cast<uint8_t>(c + 32);
      } else if (c >= 0xe0 && c != 0xff) {
        table[flipped + c] = static_cast<uint8_t>(c - 32);
      }
    }
    return table;
  }();
  return built;
}

/// Compiles to PCRE2's form; `more` are flags beside the options'.
pcre2_code* compile_code(const CompileOptions& options, std::string_view source, uint32_t more, CompileError& error) {
  pcre2_compile_context* context = pcre2_compile_context_create(nullptr);
  pcre2_set_character_tables(context, latin1_tables());
  if (options.newline) pcre2_set_newline(context, options.newline);
  if (options.bsr) pcre2_set_bsr(context, options.bsr);
  int code = 0;
  PCRE2_SIZE offset = 0;
  // \C may split a character and with it all that follows: never over text.
  uint32_t flags = options.flags | more | (options.unicode() ? PCRE2_NO_UTF_CHECK | PCRE2_NEVER_BACKSLASH_C : 0u);
  auto text = reinterpret_cast<PCRE2_SPTR>(source.data() ? source.data() : "");
  pcre2_code* compiled = pcre2_compile(text, source.size(), flags, &code, &offset, context);
  pcre2_compile_context_free(context);
  if (!compiled) {
    error.text = error_text(code);
    error.offset = offset;
  }
  return compiled;
}

PatternHandle compile_new(const CompileOptions& options, std::string_view source, CompileError& error) {
  if (options.unicode() && !utf8_valid(source)) {
    error.text = "invalid UTF-8 string";
    return nullptr;
  }
  pcre2_code* compiled = compile_code(options, source, 0, error);
  if (!compiled) return nullptr;
  auto pattern = std::make_shared<Pattern>();
  pattern->code = compiled;
  pattern->unicode = options.unicode();
  size_t code_bytes = 0;
  pcre2_pattern_info(compiled, PCRE2_INFO_SIZE, &code_bytes);
  note_work(static_cast<int64_t>(1000 + code_bytes / 4));
  pcre2_pattern_info(compiled, PCRE2_INFO_CAPTURECOUNT, &pattern->captures);
  uint32_t newline = 0;
  pcre2_pattern_info(compiled, PCRE2_INFO_NEWLINE, &newline);
  pattern->crlf = newline == PCRE2_NEWLINE_CRLF || newline == PCRE2_NEWLINE_ANY || newline == PCRE2_NEWLINE_ANYCRLF;
  uint32_t all = 0;  // a pattern may turn to UTF by itself: (*UTF)
  pcre2_pattern_info(compiled, PCRE2_INFO_ALLOPTIONS, &all);
  if (all & PCRE2_UTF) pattern->unicode = true;
  read_names(*pattern);
  return pattern;
}

PatternHandle pattern_of(Context& c, std::string_view key, const CompileOptions& options, std::string_view source, CompileError& error) {
  auto& cache = c.vm().state<PatternCache>();
  if (PatternHandle found = cache.find(key)) return found;
  c.bump(static_cast<int64_t>(50 + source.size()));
  PatternHandle made = compile_new(options, source, error);
  if (made) cache.add(key, made);
  return made;
}

/// {message as a charlist, position}
Term compile_error(Context& c, const CompileError& error) {
  return make_tuple(c.heap(), {native::make_charlist(c.heap(), error.text), Term::small(static_cast<int64_t>(error.offset))});
}

Term compile_with(Context& c, Term source_term, Term options_term) {
  CompileOptions options;
  for (Term option : ListRange(options_term))
    if (!compile_option(option, options)) return c.badarg();
  std::string scratch;
  std::string_view source;
  if (list_length(options_term) < 0 || !read_text(source_term, options.unicode(), scratch, source)) return c.badarg();
  std::string code = encode(options, source);
  CompileError error;
  PatternHandle pattern = pattern_of(c, code, options, source, error);
  if (!pattern) return make_tuple(c.heap(), {atoms::error, compile_error(c, error)});
  Term term = make_tuple(c.heap(), {intern_atom("re_pattern"), Term::small(pattern->captures), Term::small(pattern->unicode),
                                    Term::small(pattern->crlf), make_binary(c.heap(), code)});
  return make_tuple(c.heap(), {atoms::ok, term});
}
Term compile_1(Context& c, const Term* a) { return compile_with(c, a[0], Term::nil()); }
Term compile_2(Context& c, const Term* a) { return compile_with(c, a[0], a[1]); }

/// The pattern of a compiled term; null if it is none. `options` and `source` are what it was compiled from.
PatternHandle compiled_pattern(Context& c, Term term, CompileOptions& options, std::string& source_text) {
  if (!term.is_tuple(5) || !is_binary(term.element(4))) return nullptr;
  std::string scratch;
  std::string_view code = bytes_of(term.element(4), scratch), source;
  CompileError error;
  if (!decode(code, options, source)) return nullptr;
  source_text = source;
  return pattern_of(c, code, options, source, error);
}

// -- running

enum class CaptureType : uint8_t { index, list, binary };

/// What to give of a match: groups in order.
struct Capture {
  enum class Groups : uint8_t { none, all, all_but_first, first, listed } groups = Groups::all;
  CaptureType type = CaptureType::index;
  // For each value listed: the groups that may have it (several where names are double). Empty: none.
  std::vector<std::vector<int>> listed;
};

struct RunOptions {
  CompileOptions compile;
  uint32_t match_flags = 0;
  uint32_t match_limit = default_match_limit;
  uint32_t depth_limit = 0;
  size_t offset = 0;
  bool global = false;
  bool report_errors = false;
  Term capture = Term::none();
  Term capture_type = Term::none();
};

bool read_run_options(Term list, bool compiled, RunOptions& options) {
  if (list_length(list) < 0) return false;
  for (Term option : ListRange(list)) {
    if (option.is_atom()) {
      std::string_view name = atom_text(option);
      if (name == "global") { options.global = true; continue; }
      if (name == "report_errors") { options.report_errors = true; continue; }
      if (name == "notbol") { options.match_flags |= PCRE2_NOTBOL; continue; }
      if (name == "noteol") { options.match_flags |= PCRE2_NOTEOL; continue; }
      if (name == "notempty") { options.match_flags |= PCRE2_NOTEMPTY; continue; }
      if (name == "notempty_atstart") { options.match_flags |= PCRE2_NOTEMPTY_ATSTART; continue; }
      if (name == "anchored") { options.match_flags |= PCRE2_ANCHORED; continue; }
    } else if (option.is_tuple() && option.arity() >= 2 && option.element(0).is_atom()) {
      std::string_view name = atom_text(option.element(0));
      Term value = option.element(1);
      size_t number;
      if (name == "capture" && option.arity() <= 3) {
        options.capture = value;
        options.capture_type = option.arity() == 3 ? option.element(2) : Term::none();
        continue;
      }
      if (option.arity() != 2) return false;
      if (name == "offset") {
        if (!native::read_index(value, SIZE_MAX >> 8, options.offset)) return false;
        continue;
      }
      if (name == "match_limit" || name == "match_limit_recursion") {
        if (!native::read_index(value, SIZE_MAX >> 8, number)) return false;
        auto limit = static_cast<uint32_t>(std::min<size_t>(number, UINT32_MAX));
        (name == "match_limit" ? options.match_limit : options.depth_limit) = limit;
        continue;
      }
    }
    if (!compile_option(option, options.compile)) return false;
    // A compiled pattern has its own options; only these are taken when it runs.
    if (compiled && option.is_atom() && atom_text(option) != "bsr_anycrlf" && atom_text(option) != "bsr_unicode") return false;
  }
  return true;
}

std::vector<int> groups_named(const Pattern& pattern, std::string_view name) {
  std::vector<int> groups;
  for (auto& [known, group] : pattern.names)
    if (known == name) groups.push_back(group);
  return groups;
}

bool read_capture(const Pattern& pattern, const RunOptions& options, Capture& capture) {
  if (!options.capture_type.is_none()) {
    std::string_view type = options.capture_type.is_atom() ? atom_text(options.capture_type) : "";
    if (type == "binary") capture.type = CaptureType::binary;
    else if (type == "list") capture.type = CaptureType::list;
    else if (type != "index") return false;
  }
  Term spec = options.capture;
  if (spec.is_none()) return true;
  if (spec.is_atom()) {
    std::string_view name = atom_text(spec);
    if (name == "all") return true;
    if (name == "none") capture.groups = Capture::Groups::none;
    else if (name == "first") capture.groups = Capture::Groups::first;
    else if (name == "all_but_first") capture.groups = Capture::Groups::all_but_first;
    else if (name == "all_names") {
      for (size_t i = 0; i < pattern.names.size(); i++)
        if (i == 0 || pattern.names[i].first != pattern.names[i - 1].first)
          capture.listed.push_back(groups_named(pattern, pattern.names[i].first));
      capture.groups = capture.listed.empty() ? Capture::Groups::none : Capture::Groups::listed;
    } else {
      return false;
    }
    return true;
  }
  if (list_length(spec) < 0) return false;
  for (Term value : ListRange(spec)) {
    std::string name;
    if (value.is_small()) {
      if (value.small_value() < 0) return false;
      bool exists = value.small_value() <= pattern.captures;
      capture.listed.push_back(exists ? std::vector<int>{static_cast<int>(value.small_value())} : std::vector<int>{});
      continue;
    }
    if (value.is_atom()) name = atom_text(value);
    else if (!native::append_iodata(value, name)) return false;
    capture.listed.push_back(groups_named(pattern, name));
  }
  capture.groups = capture.listed.empty() ? Capture::Groups::none : Capture::Groups::listed;
  return true;
}

/// Makes machine code once a pattern was used often enough.
pcre2_code* code_to_run(Pattern& pattern) {
  if (pcre2_code* fast = pattern.fast.load(std::memory_order_acquire)) return fast;
  if (pattern.runs.fetch_add(1, std::memory_order_relaxed) != runs_before_jit) return pattern.code;
  pcre2_code* copy = pcre2_code_copy(pattern.code);
  if (!copy) return pattern.code;
  if (pcre2_jit_compile(copy, PCRE2_JIT_COMPLETE) != 0) {
    pcre2_code_free(copy);
    return pattern.code;
  }
  pattern.fast.store(copy, std::memory_order_release);
  return copy;
}

/// The form with callouts; null if it could not be made.
pcre2_code* patient_code(Pattern& pattern, const CompileOptions& options, std::string_view source) {
  if (pcre2_code* made = pattern.patient.load(std::memory_order_acquire)) return made;
  CompileError error;
  pcre2_code* code = compile_code(options, source, PCRE2_AUTO_CALLOUT, error);
  if (!code) return nullptr;
  pcre2_jit_compile(code, PCRE2_JIT_COMPLETE);
  pcre2_code* before = nullptr;
  if (pattern.patient.compare_exchange_strong(before, code, std::memory_order_acq_rel)) return code;
  pcre2_code_free(code);
  return before;
}

/// The work of a patient match. PCRE2 (its compiled code above all) cannot be unwound: the match ends first.
struct Patience {
  static constexpr uint32_t every = 1024;
  uint32_t steps = 0;
  bool cancelled = false;
};

/// Called at each item of a patient pattern.
int at_item(pcre2_callout_block*, void* data) {
  auto patience = static_cast<Patience*>(data);
  if (++patience->steps < Patience::every) return 0;
  patience->steps = 0;
  patience->cancelled = !note_work_gently(Patience::every);
  return patience->cancelled ? PCRE2_ERROR_CALLOUT : 0;
}

/// A subject and a pattern, prepared for one or many matches. With `patient`, in a native function that can be left.
class Matcher {
 public:
  Matcher(Pattern& pattern, Term term, std::string_view subject, const RunOptions& options, const Capture& capture,
          pcre2_code* patient)
      : pattern_(pattern), term_(term), subject_(subject), capture_(capture), scratch_(pattern.take_scratch()) {
    pcre2_set_match_limit(scratch_->context, patient ? options.match_limit : std::min(options.match_limit, quick_match_limit));
    pcre2_set_depth_limit(scratch_->context, options.depth_limit ? options.depth_limit : default_match_limit);
    pcre2_set_heap_limit(scratch_->context, heap_limit_kib);
    pcre2_set_callout(scratch_->context, patient ? at_item : nullptr, &patience_);
    code_ = patient ? patient : code_to_run(pattern);
    if (code_ != pattern.code && !scratch_->stack) {
      scratch_->stack = pcre2_jit_stack_create(32 * 1024, 1024 * 1024, nullptr);
      pcre2_jit_stack_assign(scratch_->context, nullptr, scratch_->stack);
    }
    vector_ = pcre2_get_ovector_pointer(scratch_->data);
  }
  ~Matcher() { pattern_.give_back(std::move(scratch_)); }

  /// Number of groups set, PCRE2_ERROR_NOMATCH, or another error.
  int match(size_t offset, uint32_t flags) {
    auto text = reinterpret_cast<PCRE2_SPTR>(subject_.data() ? subject_.data() : "");
    flags |= PCRE2_NO_UTF_CHECK;
    int count = pcre2_match(code_, text, subject_.size(), offset, flags, scratch_->data, scratch_->context);
    if (count == PCRE2_ERROR_JIT_STACKLIMIT)
      count = pcre2_match(code_, text, subject_.size(), offset, flags | PCRE2_NO_JIT, scratch_->data, scratch_->context);
    if (patience_.cancelled) throw NativeCancelled();
    set_ = count;
    return count;
  }
  size_t start() const { return vector_[0]; }
  size_t end() const { return vector_[1]; }

  /// The list of what the last match captured; atom :match where nothing is asked.
  Term captured(Context& c) const {
    std::vector<Term> values;
    switch (capture_.groups) {
      case Capture::Groups::none: return atoms::match;
      case Capture::Groups::all:
      case Capture::Groups::all_but_first:
        for (int group = capture_.groups == Capture::Groups::all ? 0 : 1; group < set_; group++) values.push_back(value(c, group));
        break;
      case Capture::Groups::first: values.push_back(value(c, 0)); break;
      case Capture::Groups::listed:
        for (auto& groups : capture_.listed) {
          int found = -1;
          for (int group : groups)
            if (found < 0 && is_set(group)) found = group;
          values.push_back(value(c, found));
        }
    }
    return make_list(c.heap(), values);
  }

 private:
  bool is_set(int group) const { return group < set_ && vector_[2 * group] != PCRE2_UNSET; }
  Term value(Context& c, int group) const {
    bool set = group >= 0 && is_set(group);
    size_t from = set ? vector_[2 * group] : 0, to = set ? vector_[2 * group + 1] : 0;
    if (to < from) to = from;  // \K inside a look-ahead
    switch (capture_.type) {
      case CaptureType::index:
        if (!set) return make_tuple(c.heap(), {Term::small(-1), Term::small(0)});
        return make_tuple(c.heap(), {Term::small(static_cast<int64_t>(from)), Term::small(static_cast<int64_t>(to - from))});
      case CaptureType::binary:
        if (!term_.is_none()) return make_slice(c.heap(), term_, from * 8, (to - from) * 8);
        return make_binary(c.heap(), subject_.substr(from, to - from));
      case CaptureType::list: break;
    }
    if (pattern_.unicode) return native::make_charlist(c.heap(), subject_.substr(from, to - from));
    std::vector<Term> bytes;
    for (char byte : subject_.substr(from, to - from)) bytes.push_back(Term::small(static_cast<uint8_t>(byte)));
    return make_list(c.heap(), bytes);
  }

  Pattern& pattern_;
  Term term_;  // the subject if it is a binary, else none()
  std::string_view subject_;
  const Capture& capture_;
  std::unique_ptr<Scratch> scratch_;
  pcre2_code* code_;
  size_t* vector_;
  int set_ = 0;
  Patience patience_;
};

/// What a run answers that ended in an error of PCRE2.
Term failed(Context& c, int error, bool report) {
  if (error == PCRE2_ERROR_NOMATCH || error == PCRE2_ERROR_PARTIAL || !report) return intern_atom("nomatch");
  const char* reason = error == PCRE2_ERROR_MATCHLIMIT ? "match_limit"
                       : error == PCRE2_ERROR_DEPTHLIMIT || error == PCRE2_ERROR_HEAPLIMIT ? "match_limit_recursion" : "internal_error";
  return make_tuple(c.heap(), {atoms::error, intern_atom(reason)});
}

/// Where to look next after nothing was found at `offset` beside an empty match: one character on.
size_t next_character(const Pattern& pattern, std::string_view subject, size_t offset) {
  if (pattern.crlf && offset + 1 < subject.size() && subject[offset] == '\r' && subject[offset + 1] == '\n') return offset + 2;
  offset++;
  if (pattern.unicode)
    while (offset < subject.size() && (static_cast<uint8_t>(subject[offset]) & 0xc0) == 0x80) offset++;
  return offset;
}

/// Progress of a global run.
struct Progress {
  size_t offset = 0;
  bool after_empty = false;  // an empty match ended here: look for one that is not empty
  Term found = Term::nil();  // newest first
};

/// True if a match ended only because it was to be quick.
bool needs_patience(int result, const RunOptions& options, bool patient) {
  return result == PCRE2_ERROR_MATCHLIMIT && !patient && options.match_limit > quick_match_limit;
}

/// Runs a slice of the matches of a global run. The arguments of the next slice are {subject, pattern, options, progress...}.
Term run_global(Context& c, Term subject_term, Term pattern_term, Term options_term, Matcher& matcher, const Pattern& pattern,
                std::string_view subject, const RunOptions& options, bool none, bool patient, bool resumed, Progress progress) {
  int result = 0;
  auto state = [&] {
    return make_tuple(c.heap(), {subject_term, pattern_term, options_term, Term::small(static_cast<int64_t>(progress.offset)),
                                 boolean(progress.after_empty), progress.found});
  };
  for (;;) {
    size_t from = progress.offset;
    uint32_t flags = options.match_flags | (progress.after_empty ? PCRE2_NOTEMPTY_ATSTART | PCRE2_ANCHORED : 0u);
    result = matcher.match(from, flags);
    if (result > 0) {
      if (none) return atoms::match;
      progress.found = make_cons(c.heap(), matcher.captured(c), progress.found);
      progress.offset = std::max(matcher.end(), from);
      progress.after_empty = matcher.end() <= matcher.start();
    } else if (result == PCRE2_ERROR_NOMATCH && progress.after_empty && from < subject.size()) {
      progress.offset = next_character(pattern, subject, from);
      progress.after_empty = false;
    } else if (needs_patience(result, options, patient)) {
      return native::go_long(c, "re_run_on", {state()});
    } else {
      break;
    }
    c.bump(static_cast<int64_t>(2 + (progress.offset - from) / bytes_per_reduction));
    if (patient) {
      tick(c, 0);
    } else if (c.exhausted()) {
      // A call is no turn for others: the slice is still used up in run_on, which gives the turn away after its first match.
      return resumed ? c.again({state()}) : c.tail_call(intern_atom("re"), intern_atom("run_on"), {state()});
    }
  }
  if (result != PCRE2_ERROR_NOMATCH || progress.found.is_nil()) return failed(c, result, options.report_errors);
  Term list = Term::nil();
  for (Term match : ListRange(progress.found)) list = make_cons(c.heap(), match, list);
  return make_tuple(c.heap(), {atoms::match, list});
}

Term run_from(Context& c, Term subject_term, Term pattern_term, Term options_term, const Progress* progress, bool patient) {
  RunOptions options;
  bool compiled = pattern_term.is_tuple();
  if (!read_run_options(options_term, compiled, options)) return c.badarg();
  PatternHandle pattern;
  CompileOptions compile_options;
  std::string source;
  if (compiled) {
    pattern = compiled_pattern(c, pattern_term, compile_options, source);
    if (!pattern) return c.badarg();
  } else {
    std::string scratch;
    std::string_view text;
    if (!read_text(pattern_term, options.compile.unicode(), scratch, text)) return c.badarg();
    source = text;
    compile_options = options.compile;
    CompileError error;
    pattern = pattern_of(c, encode(options.compile, source), options.compile, source, error);
    if (!pattern) {
      if (!options.report_errors) return c.badarg();
      return make_tuple(c.heap(), {atoms::error, make_tuple(c.heap(), {atoms::compile, compile_error(c, error)})});
    }
  }
  Capture capture;
  std::string scratch;
  std::string_view subject;
  if (!read_capture(*pattern, options, capture) || !read_text(subject_term, pattern->unicode, scratch, subject)) return c.badarg();
  bool first_slice = progress == nullptr;
  if (first_slice && pattern->unicode) {
    if (!native::valid_text(c, subject)) return c.badarg();
    if (options.offset < subject.size() && (static_cast<uint8_t>(subject[options.offset]) & 0xc0) == 0x80) return c.badarg();
  }
  if (options.offset > subject.size()) return c.badarg();
  Term in_place = is_binary(subject_term) && bits_of(subject_term).byte_aligned() ? subject_term : Term::none();
  pcre2_code* slow = patient ? patient_code(*pattern, compile_options, source) : nullptr;
  Matcher matcher(*pattern, in_place, subject, options, capture, slow);
  if (options.global)
    return run_global(c, subject_term, pattern_term, options_term, matcher, *pattern, subject, options,
                      capture.groups == Capture::Groups::none, patient, progress != nullptr, progress ? *progress : Progress{options.offset, false, Term::nil()});
  int result = matcher.match(options.offset, options.match_flags);
  if (needs_patience(result, options, patient)) return native::go_long(c, "re_run", {subject_term, pattern_term, options_term});
  size_t stop = result > 0 ? matcher.end() : subject.size();
  c.bump(static_cast<int64_t>(2 + (stop - std::min(stop, options.offset)) / bytes_per_reduction));
  if (result <= 0) return failed(c, result, options.report_errors);
  Term captured = matcher.captured(c);
  return captured == atoms::match ? captured : make_tuple(c.heap(), {atoms::match, captured});
}

Term run_2(Context& c, const Term* a) { return run_from(c, a[0], a[1], Term::nil(), nullptr, false); }
Term run_3(Context& c, const Term* a) { return run_from(c, a[0], a[1], a[2], nullptr, false); }
Term run_long(Context& c, const Term* a) { return run_from(c, a[0], a[1], a[2], nullptr, true); }
/// A later slice of a global run.
template <bool patient>
Term run_on(Context& c, const Term* a) {
  size_t offset;
  if (!a[0].is_tuple(6) || !native::read_index(a[0].element(3), SIZE_MAX >> 8, offset)) return c.badarg();
  Progress progress{offset, a[0].element(4) == atoms::true_, a[0].element(5)};
  return run_from(c, a[0].element(0), a[0].element(1), a[0].element(2), &progress, patient);
}

// -- asking

Term inspect(Context& c, const Term* a) {
  CompileOptions options;
  std::string source;
  PatternHandle pattern = compiled_pattern(c, a[0], options, source);
  if (!pattern || !a[1].is_atom() || atom_text(a[1]) != "namelist") return c.badarg();
  std::vector<Term> names;
  for (size_t i = 0; i < pattern->names.size(); i++)
    if (i == 0 || pattern->names[i].first != pattern->names[i - 1].first) names.push_back(make_binary(c.heap(), pattern->names[i].first));
  return make_tuple(c.heap(), {a[1], make_list(c.heap(), names)});
}
Term version(Context& c, const Term*) {
  char text[64];
  pcre2_config(PCRE2_CONFIG_VERSION, text);
  return make_binary(c.heap(), text);
}

constexpr NativeEntry entries[] = {
    {"re", "compile", 1, compile_1}, {"re", "compile", 2, compile_2}, {"re", "run", 2, run_2, native_measured},
    {"re", "run", 3, run_3, native_measured}, {"phial_long", "re_run", 3, run_long, native_long},
    {"re", "run_on", 1, run_on<false>, native_measured}, {"phial_long", "re_run_on", 1, run_on<true>, native_long},     {"re", "inspect", 2, inspect},   {"re", "version", 0, version},
};

}  // namespace

extern const NativeTable re_natives = native::table_of(entries);

}  // namespace phial
