// Bytecode files: a CodeUnit as bytes and back. The format is described in docs/architecture/bytecode.md; in short:
//
//   "PHIALBC\0", version byte, checksum of the rest (8 bytes, little-endian), then numbers as LEB128 varints (signed ones zigzag):
//   atoms, literals (external term format), imports, functions, positions, code.
//
// A term in code is a varint whose low two bits say what the rest is: 0 small integer (zigzag), 1 index of an atom, 2 index of a
// literal, 3 register code, or 0xffff for nil. The reader trusts nothing: every count and index is checked, and the result is verified.
#include <algorithm>
#include <unordered_map>

#include "vm/code/module.hpp"
#include "vm/term/build.hpp"
#include "vm/term/external.hpp"

namespace phial {
namespace {

constexpr std::string_view magic{"PHIALBC\0", 8};
constexpr uint8_t format_version = 1;
constexpr size_t header_bytes = 8 + 1 + 8;

uint64_t checksum(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325ull;
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3ull;
  return hash ^ hash >> 31;
}

uint64_t zigzag(int64_t value) { return static_cast<uint64_t>(value) << 1 ^ static_cast<uint64_t>(value >> 63); }
int64_t unzigzag(uint64_t value) { return static_cast<int64_t>(value >> 1) ^ -static_cast<int64_t>(value & 1); }

bool is_register(Word word) { return (word & 0xff) == 0xff; }

class Writer {
 public:
  std::string body;
  bool ok = true;

  void number(uint64_t value) { append(body, value); }
  void signed_number(int64_t value) { number(zigzag(value)); }
  void text(std::string_view value) {
    number(value.size());
    body += value;
  }
  void atom(Term term) {
    auto [at, fresh] = atom_index_.emplace(term.word, atom_texts_.size());
    if (fresh) atom_texts_.push_back(atom_text(term));
    number(at->second);
  }
  void term(Word word) {
    Term term = Term::raw(word);
    if (is_register(word)) return number(word >> 32 << 2 | 3);
    if (term.is_small() && term.small_value() >= -(int64_t{1} << 58) && term.small_value() < int64_t{1} << 58)
      return number(zigzag(term.small_value()) << 2);
    if (term.is_nil()) return number(Word{0xffff} << 2 | 3);
    if (term.is_atom()) {
      auto [at, fresh] = atom_index_.emplace(term.word, atom_texts_.size());
      if (fresh) atom_texts_.push_back(atom_text(term));
      return number(at->second << 2 | 1);
    }
    number(literal_index(term) << 2 | 2);
  }
  uint64_t literal_index(Term term) {
    auto [at, fresh] = literal_index_.emplace(term.word, literals_.size());
    if (fresh) {
      std::string encoded;
      if (!encode_external(term, encoded)) ok = false;
      literals_.push_back(std::move(encoded));
    }
    return at->second;
  }
  /// The tables that `body` refers to, then the body.
  std::string finish() {
    std::string all;
    append(all, atom_texts_.size());
    for (std::string_view text : atom_texts_) {
      append(all, text.size());
      all += text;
    }
    append(all, literals_.size());
    for (const std::string& literal : literals_) {
      append(all, literal.size());
      all += literal;
    }
    return all + body;
  }

 private:
  static void append(std::string& out, uint64_t value) {
    for (; value >= 0x80; value >>= 7) out.push_back(static_cast<char>(value | 0x80));
    out.push_back(static_cast<char>(value));
  }
  std::unordered_map<Word, uint64_t> atom_index_, literal_index_;
  std::vector<std::string_view> atom_texts_;
  std::vector<std::string> literals_;
};

class Reader {
 public:
  explicit Reader(std::string_view bytes) : bytes_(bytes) {}
  bool ok = true;
  std::vector<Term> atoms;
  std::vector<Term> literals;

  uint64_t number() {
    if (!bytes_.empty() && !(bytes_.front() & 0x80)) {
      auto small = static_cast<uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      return small;
    }
    uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      if (bytes_.empty()) return fail();
      auto byte = static_cast<uint8_t>(bytes_.front());
      bytes_.remove_prefix(1);
      value |= static_cast<uint64_t>(byte & 0x7f) << shift;
      if (!(byte & 0x80)) return value;
    }
    return fail();
  }
  uint64_t number(uint64_t limit) {
    uint64_t value = number();
    return value <= limit ? value : fail();
  }
  /// A count of things of which each takes at least one byte.
  size_t count() { return static_cast<size_t>(number(bytes_.size())); }
  std::string_view text() {
    size_t size = count();
    if (size > bytes_.size()) fail();
    if (!ok) return {};
    std::string_view result = bytes_.substr(0, size);
    bytes_.remove_prefix(size);
    return result;
  }
  Term atom() {
    uint64_t index = number();
    if (!ok || index >= atoms.size()) {
      fail();
      return atoms::nil;
    }
    return atoms[index];
  }
  Word term() {
    uint64_t value = number();
    switch (value & 3) {
      case 0: return Term::small(unzigzag(value >> 2)).word;
      case 1:
        if (value >> 2 >= atoms.size()) return fail();
        return atoms[value >> 2].word;
      case 2:
        if (value >> 2 >= literals.size()) return fail();
        return literals[value >> 2].word;
      default:
        if (value >> 2 == 0xffff) return Term::nil().word;
        if (value >> 2 > 0xffff) return fail();
        return register_operand(static_cast<RegisterCode>(value >> 2));
    }
  }
  bool at_end() const { return bytes_.empty(); }
  uint64_t fail() {
    ok = false;
    return 0;
  }

 private:
  std::string_view bytes_;
};

}  // namespace

bool write_code_unit(const CodeUnit& unit, std::string& out) {
  Writer w;
  w.atom(unit.module);
  w.number(unit.imports.size());
  for (const Import& import : unit.imports) {
    w.atom(import.module);
    w.atom(import.name);
    w.number(import.arity);
  }
  w.number(unit.functions.size());
  for (const FunctionInfo& f : unit.functions) {
    w.atom(f.name);
    w.number(f.arity);
    w.number(f.exported | f.is_lambda << 1);
    w.number(f.free);
    w.number(f.start);
    w.number(f.end);
    w.number(f.line);
  }
  w.number(unit.files.size());
  for (const std::string& file : unit.files) w.text(file);
  w.number(unit.lines.size());
  uint32_t before = 0, line = 0;
  for (const LineEntry& entry : unit.lines) {
    w.number(entry.at - before);
    w.signed_number(static_cast<int64_t>(entry.line) - line);
    w.number(entry.file);
    before = entry.at;
    line = entry.line;
  }
  w.number(unit.frames.size());
  before = 0;
  for (const FrameEntry& entry : unit.frames) {
    w.number(entry.at - before);
    w.number(entry.slots == FrameEntry::no_frame ? 0 : entry.slots + 1);
    before = entry.at;
  }
  w.number(unit.try_regions.size());
  for (const TryRegion& region : unit.try_regions) {
    w.number(region.start);
    w.number(region.end);
    w.number(region.handler);
  }
  for (Term term : {unit.attributes, unit.compile_info, unit.docs, unit.debug}) w.number(w.literal_index(term));
  w.number(unit.code.size());
  std::vector<Operand> operands;
  for (size_t at = 0; at < unit.code.size();) {
    size_t words = decode_operands(unit.code.data(), at, unit.code.size(), operands);
    if (!words) return false;
    Word instruction = unit.code[at];
    w.number(instruction & 0xffff);
    for (const Operand& o : operands) {
      if (o.packed < 3) {
        w.number(packed(instruction, o.packed));
        continue;
      }
      Word word = unit.code[at + o.word];
      switch (o.kind) {
        case 'K': case 'S': w.term(word); break;
        case 'L': case 'T': w.signed_number(static_cast<int32_t>(static_cast<uint32_t>(word))); break;
        case 'C': break;
        default: w.number(word);
      }
    }
    at += words;
  }
  if (!w.ok) return false;
  std::string body = w.finish();
  uint64_t sum = checksum(body);
  out.assign(magic);
  out.push_back(static_cast<char>(format_version));
  for (unsigned i = 0; i < 8; i++) out.push_back(static_cast<char>(sum >> 8 * i));
  out += body;
  return true;
}

/// Puts the cases of every switch_value in ascending order again: atoms have other words in this OS process than where the unit was
/// written.
static void sort_switches(CodeUnit& unit) {
  std::vector<Operand> operands;
  std::vector<std::pair<Word, Word>> cases;
  for (size_t at = 0; at < unit.code.size();) {
    size_t words = decode_operands(unit.code.data(), at, unit.code.size(), operands);
    if (!words) return;  // the verifier says what is wrong
    Word instruction = unit.code[at];
    if (static_cast<Opcode>(instruction & 0xffff) == Opcode::switch_value) {
      Word* table = unit.code.data() + at + 2;
      size_t count = packed(instruction, 1);
      cases.clear();
      for (size_t i = 0; i < count; i++) cases.emplace_back(table[2 * i], table[2 * i + 1]);
      std::sort(cases.begin(), cases.end());
      for (size_t i = 0; i < count; i++) {
        table[2 * i] = cases[i].first;
        table[2 * i + 1] = cases[i].second;
      }
    }
    at += words;
  }
}

uint64_t code_unit_checksum(std::string_view bytes) {
  uint64_t sum = 0;
  if (bytes.size() < header_bytes) return sum;
  for (unsigned i = 0; i < 8; i++) sum |= static_cast<uint64_t>(static_cast<uint8_t>(bytes[9 + i])) << 8 * i;
  return sum;
}

bool read_code_unit(std::string_view bytes, CodeUnit& unit, std::string& error, bool trusted) {
  unit = CodeUnit();
  auto corrupt = [&](const char* what) {
    unit = CodeUnit();
    error = what;
    return false;
  };
  if (bytes.size() < header_bytes || bytes.substr(0, 8) != magic) return corrupt("this is no Phial bytecode");
  if (static_cast<uint8_t>(bytes[8]) != format_version) return corrupt("the bytecode is of another version of Phial");
  uint64_t sum = code_unit_checksum(bytes);
  bytes.remove_prefix(header_bytes);
  if (!trusted && checksum(bytes) != sum) return corrupt("the bytecode is damaged (wrong checksum)");

  Reader r(bytes);
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    std::string_view text = r.text();
    if (r.ok) r.atoms.push_back(intern_atom(text));
  }
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    std::string_view encoded = r.text();
    Term term = r.ok ? decode_external(*unit.literals, encoded) : Term::none();
    if (term.is_none() || !encoded.empty()) return corrupt("the bytecode has a bad literal");
    r.literals.push_back(term);
  }
  unit.module = r.atom();
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    Import import{r.atom(), r.atom(), 0};
    import.arity = static_cast<uint8_t>(r.number(255));
    unit.imports.push_back(import);
  }
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    FunctionInfo f{};
    f.name = r.atom();
    f.arity = static_cast<uint8_t>(r.number(255));
    uint64_t flags = r.number(3);
    f.exported = flags & 1;
    f.is_lambda = flags & 2;
    f.free = static_cast<uint16_t>(r.number(255));
    f.start = static_cast<uint32_t>(r.number(UINT32_MAX));
    f.end = static_cast<uint32_t>(r.number(UINT32_MAX));
    f.line = static_cast<uint32_t>(r.number(UINT32_MAX));
    unit.functions.push_back(f);
  }
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) unit.files.emplace_back(r.text());
  uint32_t before = 0;
  int64_t line = 0;
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    before += static_cast<uint32_t>(r.number(UINT32_MAX));
    line += unzigzag(r.number());
    unit.lines.push_back({before, static_cast<uint32_t>(line), static_cast<uint16_t>(r.number(0xffff))});
  }
  before = 0;
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    before += static_cast<uint32_t>(r.number(UINT32_MAX));
    uint64_t slots = r.number(0xffff);
    unit.frames.push_back({before, slots ? static_cast<uint16_t>(slots - 1) : FrameEntry::no_frame});
  }
  for (size_t i = 0, n = r.count(); i < n && r.ok; i++) {
    TryRegion region{};
    region.start = static_cast<uint32_t>(r.number(UINT32_MAX));
    region.end = static_cast<uint32_t>(r.number(UINT32_MAX));
    region.handler = static_cast<uint32_t>(r.number(UINT32_MAX));
    unit.try_regions.push_back(region);
  }
  for (Term* term : {&unit.attributes, &unit.compile_info, &unit.docs, &unit.debug}) {
    uint64_t index = r.number();
    if (index >= r.literals.size()) return corrupt("the bytecode is damaged");
    *term = r.literals[index];
  }
  // A word of code takes at least an eighth of a byte: caches and short lists take none themselves, so this is a bound, not an estimate.
  size_t words = static_cast<size_t>(r.number(uint64_t{bytes.size()} * 8));
  if (trusted) {
    unit.code.reserve(words);
    unit.fixups.reserve(words / 2);
  }
  while (r.ok && unit.code.size() < words) {
    uint64_t opcode = r.number(static_cast<uint64_t>(Opcode::count) - 1);
    if (!r.ok) break;
    size_t at = unit.code.size();
    unit.code.push_back(opcode);
    size_t fixup = unit.fixups.size();
    unit.fixups.push_back({static_cast<uint32_t>(at), 0, 'i'});
    unsigned next_packed = 0;
    size_t count = 0;
    auto push_term = [&] {
      Word word = r.term();
      if (!is_register(word)) unit.fixups.push_back({static_cast<uint32_t>(unit.code.size()), 0, 'T'});
      unit.code.push_back(word);
    };
    auto push = [&](char kind) {
      switch (kind) {
        case 'K': case 'S': push_term(); break;
        case 'L': unit.code.push_back(static_cast<uint32_t>(unzigzag(r.number()))); break;
        case 'T': unit.code.push_back(static_cast<Word>(static_cast<uint32_t>(unzigzag(r.number())))); break;
        case 'C': unit.code.push_back(0); break;
        default:
          if (kind == 'F' || kind == 'E') unit.fixups.push_back({static_cast<uint32_t>(unit.code.size()), 0, kind});
          unit.code.push_back(r.number());
      }
    };
    for (const char* f = opcode_info[opcode].format; *f && r.ok; f++) {
      switch (*f) {
        case 'd': case 'r': case 'n': {
          uint64_t value = r.number(0xffff);
          if (*f == 'n') count = value;
          else if (is_y(static_cast<RegisterCode>(value))) unit.fixups[fixup].mask |= static_cast<uint16_t>(1 << next_packed);
          unit.code[at] |= value << (16 + 16 * next_packed++);
          break;
        }
        case '*':
          for (size_t i = 0; i < count && r.ok; i++) push('S');
          break;
        case 'P':
          for (size_t i = 0; i < 2 * count && r.ok; i++) push('S');
          break;
        case 'T':
          for (size_t i = 0; i < count && r.ok; i++) push('K'), push('T');
          break;
        case 'G':
          for (size_t i = 0; i < count && r.ok; i++) push('I'), push('S'), push('S');
          break;
        default: push(*f);
      }
    }
  }
  if (!r.ok || !r.at_end() || unit.code.size() != words) return corrupt("the bytecode is damaged");
  sort_switches(unit);
  if (!trusted && !verify_code_unit(unit, error)) {
    std::string reason = error;
    unit = CodeUnit();
    error = "the bytecode is not valid: " + reason;
    return false;
  }
  return true;
}

}  // namespace phial
