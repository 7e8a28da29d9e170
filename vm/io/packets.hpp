// Where packets begin and end in a stream of bytes: the `packet` option of sockets and :erlang.decode_packet.
#pragma once
#include <string>
#include <string_view>

#include "vm/term/build.hpp"

namespace phial {

enum class PacketKind : uint8_t { raw, one, two, four, line, http, http_bin, httph, httph_bin };

struct PacketOptions {
  PacketKind kind = PacketKind::raw;
  size_t largest = 0;        // packet_size: 0: any
  size_t line_length = 0;    // a longer line comes in pieces; 0: as a whole
  char delimiter = '\n';
};

/// A packet that was looked for at the start of some bytes.
struct Packet {
  enum class Status : uint8_t { whole, more, invalid };
  Status status;
  size_t total = 0;           // bytes it takes; of `more`: bytes needed at least, 0: unknown
  std::string_view payload{};   // what is given to the language
};

Packet next_packet(const PacketOptions& options, std::string_view bytes);

/// Bytes before a packet's payload when it is sent; false: it is too long.
bool packet_header(PacketKind kind, size_t size, std::string& header);

inline bool is_http(PacketKind kind) { return kind >= PacketKind::http; }
/// The term of one line of HTTP (its payload). `in_headers` is what comes next: a start line or headers; it is updated.
Term http_packet(TermHeap& heap, PacketKind kind, std::string_view line, bool& in_headers);

/// By name as the `packet` option has it (:raw, 0, 1, 2, 4, :line, :http, ...). False: there is none.
bool read_packet_kind(Term term, PacketKind& kind);
Term packet_kind_term(PacketKind kind);

}  // namespace phial
