#include "vm/term/print.hpp"

#include <vector>

#include "vm/base/utf8.hpp"
#include "vm/term/binary.hpp"
#include "vm/term/map.hpp"
#include "vm/term/number.hpp"

namespace phial {
namespace {

bool is_identifier(std::string_view text) {
  if (text.empty() || !((text[0] >= 'a' && text[0] <= 'z') || (text[0] >= 'A' && text[0] <= 'Z') || text[0] == '_')) return false;
  size_t size = text.size();
  if (text.back() == '?' || text.back() == '!') size--;
  for (size_t i = 0; i < size; i++) {
    char c = text[i];
    if (!((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '@')) return false;
  }
  return true;
}

bool is_alias(std::string_view text) {
  if (!text.starts_with("Elixir.")) return false;
  bool start = true;
  for (char c : text.substr(7)) {
    if (start && !(c >= 'A' && c <= 'Z')) return false;
    if (!start && c != '.' && !((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_')) return false;
    start = c == '.';
  }
  return !start;
}

bool is_operator(std::string_view text) {
  static constexpr std::string_view operators[] = {
      "+", "-", "*", "/", "++", "--", "<>", "==", "!=", "===", "!==", "<", ">", "<=", ">=", "&&", "||", "!", "|>", "=~", "..", "%", "%{}",
      "{}", "<<>>", "&", "|", "^", "@", "=", "::", "<-", "->", "\\\\", "**", "...", "+++", "---", "<<<", ">>>", "&&&", "|||", "^^^", "~~~",
      "..//", "."};
  for (auto candidate : operators)
    if (candidate == text && text != "->") return true;
  return false;
}

std::string quoted(std::string_view text, char quote) {
  std::string out(1, quote);
  auto at = reinterpret_cast<const uint8_t*>(text.data());
  auto end = at + text.size();
  while (at < end) {
    Utf8Step step = utf8_decode(at, end);
    unsigned length = step.length ? step.length : 1;
    switch (*at) {
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      case '\0': out += "\\0"; break;
      case '\\': out += "\\\\"; break;
      case '\x1b': out += "\\e"; break;
      case '#':
        out += at + 1 < end && at[1] == '{' ? "\\#" : "#";
        break;
      default:
        if (*at == static_cast<uint8_t>(quote)) {
          out += '\\';
          out += quote;
        } else {
          out.append(reinterpret_cast<const char*>(at), length);
        }
    }
    at += length;
  }
  return out + quote;
}

bool is_printable(std::string_view text) {
  if (!utf8_valid(text)) return false;
  for (char c : text)
    if (static_cast<unsigned char>(c) < 0x20 && (c < '\a' || c > '\r') && c != '\x1b' && c != 0) return false;
  return true;
}

class Printer {
 public:
  explicit Printer(size_t limit) : limit_(limit) {}
  std::string out;

  void print(Term term, int depth) {
    if (out.size() > limit_) return;
    if (depth > 200) {
      out += "...";
      return;
    }
    if (term.is_small()) {
      out += std::to_string(term.small_value());
    } else if (term.is_float()) {
      out += float_to_text(term.float_value());
    } else if (term.is_atom()) {
      out += print_atom(term);
    } else if (term.is_nil()) {
      out += "[]";
    } else if (term.is_cons()) {
      print_list(term, depth);
    } else if (term.is_local_pid()) {
      Word id = term.immediate_value();
      out += "#PID<0." + std::to_string(id & 0xfffffff) + "." + std::to_string(id >> 28) + ">";
    } else if (term.is_local_reference()) {
      Word id = term.immediate_value();
      out += "#Reference<0." + std::to_string(id >> 36) + "." + std::to_string(id >> 18 & 0x3ffff) + "." + std::to_string(id & 0x3ffff) + ">";
    } else if (term.is_local_port()) {
      out += "#Port<0." + std::to_string(term.immediate_value()) + ">";
    } else if (term.is_boxed()) {
      print_boxed(term, depth);
    } else {
      out += "#Invalid<" + std::to_string(term.word) + ">";
    }
  }

 private:
  void print_list(Term list, int depth) {
    out += '[';
    const char* separator = "";
    while (list.is_cons() && out.size() <= limit_) {
      out += separator;
      print(list.head(), depth + 1);
      separator = ", ";
      list = list.tail();
    }
    if (list.is_cons()) {
      out += ", ...";
    } else if (!list.is_nil()) {
      out += " | ";
      print(list, depth + 1);
    }
    out += ']';
  }

  void print_boxed(Term term, int depth) {
    switch (term.kind()) {
      case Kind::tuple: {
        out += '{';
        for (size_t i = 0; i < term.arity() && out.size() <= limit_; i++) {
          if (i) out += ", ";
          print(term.element(i), depth + 1);
        }
        out += '}';
        return;
      }
      case Kind::bignum_positive: case Kind::bignum_negative: out += integer_to_text(term); return;
      case Kind::flat_map: case Kind::champ_map: {
        out += "%{";
        const char* separator = "";
        map_each(term, [&](Term key, Term value) {
          out += separator;
          separator = ", ";
          if (key.is_atom() && is_identifier(atom_text(key))) {
            out += std::string(atom_text(key)) + ": ";
          } else {
            print(key, depth + 1);
            out += " => ";
          }
          print(value, depth + 1);
          return out.size() <= limit_;
        });
        out += '}';
        return;
      }
      case Kind::heap_binary: case Kind::shared_binary: case Kind::slice: print_bits(term); return;
      case Kind::fun: out += "#Function<" + std::to_string(Header::extra(term.header())) + ">"; return;
      case Kind::export_fun: out += "#Function<export/" + std::to_string(Header::extra(term.header())) + ">"; return;
      case Kind::resource: out += "#Reference<0.0.0." + std::to_string(term.object()[1]) + ">"; return;
      case Kind::match_context: out += "#MatchContext<>"; return;
      default: out += "#External<>";
    }
  }

  void print_bits(Term term) {
    BitView view = bits_of(term);
    std::string scratch;
    if (view.whole_bytes()) {
      std::string_view bytes = bytes_of(term, scratch);
      if (is_printable(bytes)) {
        out += quoted(bytes.substr(0, limit_), '"');
        return;
      }
    }
    scratch.resize((view.bits + 7) / 8);
    copy_bits(reinterpret_cast<uint8_t*>(scratch.data()), 0, view.bytes, view.bit_offset, view.bits);
    out += "<<";
    for (size_t i = 0; i < view.bits / 8 && out.size() <= limit_; i++) {
      if (i) out += ", ";
      out += std::to_string(static_cast<uint8_t>(scratch[i]));
    }
    if (size_t rest = view.bits % 8) {
      if (view.bits > 8) out += ", ";
      out += std::to_string(static_cast<uint8_t>(scratch.back()) >> (8 - rest)) + "::size(" + std::to_string(rest) + ")";
    }
    out += ">>";
  }

  size_t limit_;
};

}  // namespace

std::string print_atom(Term atom) {
  std::string_view text = atom_text(atom);
  if (text == "nil" || text == "true" || text == "false") return std::string(text);
  if (is_alias(text)) return std::string(text.substr(7));
  if (text == "Elixir") return "Elixir";
  if (is_identifier(text) || is_operator(text)) return ":" + std::string(text);
  return ":" + quoted(text, '"');
}

std::string print_term(Term term, size_t limit) {
  Printer printer(limit);
  printer.print(term, 0);
  if (printer.out.size() > limit) {
    printer.out.resize(limit);
    printer.out += "...";
  }
  return printer.out;
}

}  // namespace phial
