// Packet framing. HTTP is read line by line: a start line, headers (with the lines that continue them), an empty line.
#include "vm/io/packets.hpp"

#include <algorithm>
#include <charconv>
#include <vector>

#include "vm/term/binary.hpp"

namespace phial {
namespace {

size_t header_size(PacketKind kind) {
  switch (kind) {
    case PacketKind::one: return 1;
    case PacketKind::two: return 2;
    case PacketKind::four: return 4;
    default: return 0;
  }
}

/// A line and, among headers, those that continue it. `bytes` must hold the byte after it to tell.
Packet next_http_line(const PacketOptions& options, std::string_view bytes) {
  bool headers = options.kind == PacketKind::httph || options.kind == PacketKind::httph_bin;
  size_t at = 0;
  for (;;) {
    size_t end = bytes.find('\n', at);
    if (end == bytes.npos) break;
    size_t total = end + 1;
    bool empty = bytes.substr(0, total) == "\r\n" || bytes.substr(0, total) == "\n";
    if (headers && !empty) {
      if (total == bytes.size()) return {Packet::Status::more};
      if (total < bytes.size() && (bytes[total] == ' ' || bytes[total] == '\t')) {
        at = total;
        continue;
      }
    }
    if (options.largest && total > options.largest) return {Packet::Status::invalid};
    return {Packet::Status::whole, total, bytes.substr(0, total)};
  }
  if ((options.largest && bytes.size() > options.largest) || (options.line_length && bytes.size() >= options.line_length))
    return {Packet::Status::invalid};
  return {Packet::Status::more};
}

Packet next_line(const PacketOptions& options, std::string_view bytes) {
  size_t end = bytes.find(options.delimiter);
  size_t total = end == bytes.npos ? bytes.size() : end + 1;
  if (options.largest && total > options.largest) return {Packet::Status::invalid};
  if (options.line_length && total > options.line_length) return {Packet::Status::whole, options.line_length, bytes.substr(0, options.line_length)};
  bool cut = end == bytes.npos && options.line_length && total == options.line_length;
  if (end == bytes.npos && !cut) return {Packet::Status::more};
  return {Packet::Status::whole, total, bytes.substr(0, total)};
}

}  // namespace

Packet next_packet(const PacketOptions& options, std::string_view bytes) {
  if (options.kind == PacketKind::raw) {
    if (bytes.empty()) return {Packet::Status::more};
    return {Packet::Status::whole, bytes.size(), bytes};
  }
  if (options.kind == PacketKind::line) return next_line(options, bytes);
  if (is_http(options.kind)) return next_http_line(options, bytes);
  size_t header = header_size(options.kind), size = 0;
  if (bytes.size() < header) return {Packet::Status::more};
  for (size_t i = 0; i < header; i++) size = size << 8 | static_cast<uint8_t>(bytes[i]);
  if (options.kind == PacketKind::four && size > 0x7fffffff) return {Packet::Status::invalid};
  if (options.largest && size > options.largest) return {Packet::Status::invalid};
  if (bytes.size() < header + size) return {Packet::Status::more, header + size};
  return {Packet::Status::whole, header + size, bytes.substr(header, size)};
}

bool packet_header(PacketKind kind, size_t size, std::string& header) {
  header.clear();
  size_t count = header_size(kind);
  if (count && size >> (8 * count)) return false;
  for (size_t i = count; i-- > 0;) header += static_cast<char>(size >> (8 * i));
  return true;
}

bool read_packet_kind(Term term, PacketKind& kind) {
  if (term.is_small()) {
    switch (term.small_value()) {
      case 0: kind = PacketKind::raw; return true;
      case 1: kind = PacketKind::one; return true;
      case 2: kind = PacketKind::two; return true;
      case 4: kind = PacketKind::four; return true;
      default: return false;
    }
  }
  if (!term.is_atom()) return false;
  std::string_view name = atom_text(term);
  if (name == "raw") kind = PacketKind::raw;
  else if (name == "line") kind = PacketKind::line;
  else if (name == "http") kind = PacketKind::http;
  else if (name == "http_bin") kind = PacketKind::http_bin;
  else if (name == "httph") kind = PacketKind::httph;
  else if (name == "httph_bin") kind = PacketKind::httph_bin;
  else return false;
  return true;
}

Term packet_kind_term(PacketKind kind) {
  switch (kind) {
    case PacketKind::raw: return Term::small(0);
    case PacketKind::one: return Term::small(1);
    case PacketKind::two: return Term::small(2);
    case PacketKind::four: return Term::small(4);
    case PacketKind::line: return intern_atom("line");
    case PacketKind::http: return intern_atom("http");
    case PacketKind::http_bin: return intern_atom("http_bin");
    case PacketKind::httph: return intern_atom("httph");
    case PacketKind::httph_bin: return intern_atom("httph_bin");
  }
  return Term::small(0);
}

// -- HTTP

namespace {

constexpr std::string_view methods[] = {"OPTIONS", "GET", "HEAD", "POST", "PUT", "DELETE", "TRACE"};

// Names that are given as atoms. The place in the list, from 1, is the number in {:http_header, number, ...}; 0 is any other name.
constexpr std::string_view header_names[] = {
    "Cache-Control", "Connection", "Date", "Pragma", "Transfer-Encoding", "Upgrade", "Via", "Accept", "Accept-Charset",
    "Accept-Encoding", "Accept-Language", "Authorization", "From", "Host", "If-Modified-Since", "If-Match", "If-None-Match", "If-Range",
    "If-Unmodified-Since", "Max-Forwards", "Proxy-Authorization", "Range", "Referer", "User-Agent", "Age", "Location",
    "Proxy-Authenticate", "Public", "Retry-After", "Server", "Vary", "Warning", "Www-Authenticate", "Allow", "Content-Base",
    "Content-Encoding", "Content-Language", "Content-Length", "Content-Location", "Content-Md5", "Content-Range", "Content-Type", "Etag",
    "Expires", "Last-Modified", "Accept-Ranges", "Set-Cookie", "Set-Cookie2", "X-Forwarded-For", "Cookie", "Keep-Alive",
    "Proxy-Connection"};

char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; }
char upper(char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 32) : c; }

/// Each word of a short name begins with a capital letter; a long name stays as it is.
std::string canonical(std::string_view name) {
  std::string result(name);
  if (name.size() > 20) return result;
  bool start = true;
  for (char& c : result) {
    c = start ? upper(c) : lower(c);
    start = c == '-';
  }
  return result;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t' || text.back() == '\r' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

struct HttpBuilder {
  TermHeap& heap;
  bool binary;

  Term text(std::string_view bytes) {
    if (binary) return make_binary(heap, bytes);
    std::vector<Term> values;
    for (char byte : bytes) values.push_back(Term::small(static_cast<uint8_t>(byte)));
    return make_list(heap, values);
  }
  Term tagged(const char* tag, Term value) { return make_tuple(heap, {intern_atom(tag), value}); }
  Term error(std::string_view line) { return tagged("http_error", text(line)); }

  /// "HTTP/1.1"; none() if it is no version.
  Term version(std::string_view from) {
    if (!from.starts_with("HTTP/")) return Term::none();
    from.remove_prefix(5);
    int major = 0, minor = 0;
    auto first = std::from_chars(from.data(), from.data() + from.size(), major);
    if (first.ec != std::errc() || first.ptr == from.data() + from.size() || *first.ptr != '.') return Term::none();
    auto second = std::from_chars(first.ptr + 1, from.data() + from.size(), minor);
    if (second.ec != std::errc() || second.ptr != from.data() + from.size()) return Term::none();
    return make_tuple(heap, {Term::small(major), Term::small(minor)});
  }

  Term uri(std::string_view from) {
    if (from == "*") return intern_atom("*");
    if (from.starts_with("/")) return tagged("abs_path", text(from));
    for (std::string_view scheme : {"http", "https"}) {
      std::string start = std::string(scheme) + "://";
      if (from.size() <= start.size() ||
          !std::equal(start.begin(), start.end(), from.begin(), [](char a, char b) { return a == lower(b); }))
        continue;
      std::string_view rest = from.substr(start.size());
      size_t slash = rest.find('/');
      std::string_view authority = rest.substr(0, slash), path = slash == rest.npos ? "/" : rest.substr(slash);
      Term port = atoms::undefined;
      if (size_t colon = authority.rfind(':'); colon != authority.npos && authority.find(']', colon) == authority.npos) {
        int number = 0;
        std::from_chars(authority.data() + colon + 1, authority.data() + authority.size(), number);
        port = Term::small(number);
        authority = authority.substr(0, colon);
      }
      return make_tuple(heap, {intern_atom("absoluteURI"), intern_atom(scheme), text(authority), port, text(path)});
    }
    if (size_t colon = from.find(':'); colon != from.npos)
      return make_tuple(heap, {intern_atom("scheme"), text(from.substr(0, colon)), text(from.substr(colon + 1))});
    return text(from);
  }

  Term response(std::string_view line, std::string_view trimmed_line) {
    size_t space = trimmed_line.find(' ');
    Term number = version(trimmed_line.substr(0, space));
    int status = 0;
    if (number.is_none() || space == trimmed_line.npos) return error(line);
    std::string_view rest = trimmed(trimmed_line.substr(space));
    auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), status);
    if (parsed.ec != std::errc()) return error(line);
    std::string_view phrase = trimmed(rest.substr(static_cast<size_t>(parsed.ptr - rest.data())));
    return make_tuple(heap, {intern_atom("http_response"), number, Term::small(status), text(phrase)});
  }

  Term start_line(std::string_view line) {
    std::string_view whole = trimmed(line);
    if (whole.starts_with("HTTP/")) return response(line, whole);
    size_t space = whole.find(' '), last = whole.rfind(' ');
    if (space == whole.npos || space == 0) return error(line);
    std::string_view method = whole.substr(0, space);
    Term number = last == space ? Term::none() : version(whole.substr(last + 1));
    std::string_view target = trimmed(number.is_none() ? whole.substr(space) : whole.substr(space, last - space));
    if (number.is_none()) {
      if (last != space) return error(line);
      number = make_tuple(heap, {Term::small(0), Term::small(9)});
    }
    bool known = std::find(std::begin(methods), std::end(methods), method) != std::end(methods);
    return make_tuple(heap, {intern_atom("http_request"), known ? intern_atom(method) : text(method), uri(target), number});
  }

  Term header(std::string_view line) {
    size_t colon = line.find(':');
    if (colon == line.npos || colon == 0) return error(line);
    std::string_view original = trimmed(line.substr(0, colon));
    std::string name = canonical(original);
    auto at = std::find(std::begin(header_names), std::end(header_names), name);
    bool known = at != std::end(header_names);
    return make_tuple(heap, {intern_atom("http_header"), Term::small(known ? at - std::begin(header_names) + 1 : 0),
                             known ? intern_atom(name) : text(name), text(original), text(trimmed(line.substr(colon + 1)))});
  }
};

}  // namespace

Term http_packet(TermHeap& heap, PacketKind kind, std::string_view line, bool& in_headers) {
  HttpBuilder builder{heap, kind == PacketKind::http_bin || kind == PacketKind::httph_bin};
  if (!in_headers) {
    Term result = builder.start_line(line);
    in_headers = !(result.is_tuple(2));  // not after an error
    return result;
  }
  if (line == "\r\n" || line == "\n") {
    in_headers = false;
    return intern_atom("http_eoh");
  }
  return builder.header(line);
}

}  // namespace phial
