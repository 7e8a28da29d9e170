// :zlib: compression by the library of that name: whole data at once, and streams.
//
// A stream is a resource that one function at a time works on; it may be left in the middle with it, and whoever else comes meanwhile is told that the stream is not
// his (:not_on_controlling_process). Formats go by window bits, as in zlib: 8..15 a zlib header, negative none,
// +16 gzip, +32 (inflating) either. Errors of the data are raised: :data_error, :buf_error, {:need_dictionary, adler}, and
// :stream_error for a stream that is not in the state asked for.
#include <zlib.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/native/native.hpp"
#include "vm/native/zlib.hpp"
#include "vm/process/spin_lock.hpp"

namespace phial {
namespace {

constexpr int zlib_window = 15, raw_window = -15, gzip_window = 31;
constexpr size_t bytes_per_reduction = 4;
constexpr size_t safe_output_bytes = 65536;  // of one safeInflate
constexpr char stream_type = 0;

struct Stream : Resource {
  enum class Mode : uint8_t { idle, deflating, inflating } mode = Mode::idle;
  SpinLock lock;
  z_stream z{};
  std::string pending;  // input that inflating has not come to: from `pending_at` on
  size_t pending_at = 0;
  bool finished = false;
  bool closed = false;

  void end() {
    if (mode == Mode::deflating) deflateEnd(&z);
    if (mode == Mode::inflating) inflateEnd(&z);
    mode = Mode::idle;
    z = {};
    drop_pending();
    finished = false;
  }
  void drop_pending() {
    pending.clear();
    pending_at = 0;
  }
};

void release_stream(Resource* resource) {
  auto stream = static_cast<Stream*>(resource);
  stream->end();
  delete stream;
}

Term zlib_error(Context& c, int code, const z_stream& z) {
  switch (code) {
    case Z_NEED_DICT: return c.error(make_tuple(c.heap(), {intern_atom("need_dictionary"), make_unsigned(c.heap(), z.adler)}));
    case Z_DATA_ERROR: return c.error(intern_atom("data_error"));
    case Z_BUF_ERROR: return c.error(intern_atom("buf_error"));
    case Z_MEM_ERROR: return c.error(intern_atom("mem_error"));
    default: return c.error(intern_atom("stream_error"));
  }
}

void set_input(z_stream& z, std::string_view input) {
  z.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
  z.avail_in = static_cast<uInt>(input.size());
}

/// What comes out, in pieces: a string that doubles would move tens of megabytes at once.
class Output {
 public:
  static constexpr size_t piece = 256 * 1024;
  size_t size() const { return size_; }
  bool empty() const { return !size_; }
  /// Where the next bytes go, and for how many there is room.
  char* next(size_t& room) {
    if (size_ == capacity_) {
      size_t more = capacity_ ? piece : 4096;  // most is small
      if (capacity_ && capacity_ < piece) more = piece - capacity_;
      pieces_.push_back({std::make_unique_for_overwrite<char[]>(more), more});
      capacity_ += more;
    }
    room = capacity_ - size_;
    return pieces_.back().bytes.get() + pieces_.back().size - room;
  }
  void take(size_t bytes) { size_ += bytes; }
  Term binary(TermHeap& heap) const {
    uint8_t* to;
    Term result = make_binary_buffer(heap, size_, &to);
    each([&](std::string_view part) { to = std::copy(part.begin(), part.end(), to); });
    return result;
  }
  void append_to(std::string& out) const {
    out.reserve(out.size() + size_);
    each([&](std::string_view part) { out += part; });
  }

 private:
  template <class Visit>
  void each(Visit visit) const {
    size_t left = size_;
    for (const Piece& at : pieces_) {
      size_t bytes = std::min(left, at.size);
      visit(std::string_view(at.bytes.get(), bytes));
      left -= bytes;
      if (left) note_work(static_cast<int64_t>(bytes / 64));
    }
  }
  struct Piece {
    std::unique_ptr<char[]> bytes;
    size_t size;
  };
  std::vector<Piece> pieces_;
  size_t size_ = 0, capacity_ = 0;
};

/// Calls step(z, whether the input ends here) for pieces of the input until there is nothing left to do, or `limit` bytes came out. The library's last answer. Between
/// two pieces the function may be left.
template <class Step>
int run(z_stream& z, Output& out, size_t limit, Step step) {
  constexpr uInt piece = 256 * 1024;
  for (;;) {
    size_t room;
    z.next_out = reinterpret_cast<Bytef*>(out.next(room));
    room = std::min(room, limit - out.size());
    z.avail_out = static_cast<uInt>(room);
    uInt given = std::min(z.avail_in, piece), held = z.avail_in - given;
    z.avail_in = given;
    int code = step(z, held == 0);
    size_t made = room - z.avail_out, worked = given - z.avail_in + made;
    z.avail_in += held;
    out.take(made);
    if (out.size() > (1 << 20) && too_many_words(out.size() / sizeof(Word))) return Z_MEM_ERROR;  // it is copied once more, and doubles at worst
    note_work(static_cast<int64_t>(worked / bytes_per_reduction));
    if (code != Z_OK && (code != Z_BUF_ERROR || !held)) return code;
    if ((z.avail_out != 0 && !held) || out.size() >= limit) return code;
  }
}

/// A stream of one call: freed with it, whatever ends it.
struct OneCall {
  z_stream z{};
  int (*end)(z_stream*) = nullptr;
  OneCall() = default;
  OneCall(const OneCall&) = delete;
  ~OneCall() {
    if (end) end(&z);
  }
};

bool read_data(Context& c, Term term, std::string& scratch, std::string_view& data) {
  if (is_binary(term)) data = bytes_of(term, scratch);
  else if (term.is_list() && native::append_iodata(term, scratch)) data = scratch;
  else return false;
  return data.size() <= UINT32_MAX;
}

bool read_level(Term term, int& level) {
  if (term.is_small() && term.small_value() >= 0 && term.small_value() <= 9) level = static_cast<int>(term.small_value());
  else if (term == atoms::default_) level = Z_DEFAULT_COMPRESSION;
  else if (term == atoms::none) level = Z_NO_COMPRESSION;
  else if (term.is_atom() && atom_text(term) == "best_speed") level = Z_BEST_SPEED;
  else if (term.is_atom() && atom_text(term) == "best_compression") level = Z_BEST_COMPRESSION;
  else return false;
  return true;
}

// -- whole data

Term pack(Context& c, Term term, int level, int window) {
  std::string scratch;
  Output out;
  std::string_view data;
  if (!read_data(c, term, scratch, data)) return c.badarg();
  OneCall stream;
  z_stream& z = stream.z;
  int code = deflateInit2(&z, level, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
  if (code != Z_OK) return zlib_error(c, code, z);
  stream.end = deflateEnd;
  set_input(z, data);
  code = run(z, out, SIZE_MAX, [](z_stream& at, bool last) { return deflate(&at, last ? Z_FINISH : Z_NO_FLUSH); });
  return code == Z_STREAM_END ? out.binary(c.heap()) : zlib_error(c, code, z);
}
Term unpack(Context& c, Term term, int window) {
  std::string scratch;
  Output out;
  std::string_view data;
  if (!read_data(c, term, scratch, data)) return c.badarg();
  OneCall stream;
  z_stream& z = stream.z;
  int code = inflateInit2(&z, window);
  if (code != Z_OK) return zlib_error(c, code, z);
  stream.end = inflateEnd;
  set_input(z, data);
  for (;;) {
    code = run(z, out, SIZE_MAX, [](z_stream& at, bool) { return inflate(&at, Z_NO_FLUSH); });
    // A gzip file may be several, one behind the other.
    if (code != Z_STREAM_END || window != gzip_window || z.avail_in < 2 || z.next_in[0] != 0x1f || z.next_in[1] != 0x8b) break;
    inflateReset(&z);
  }
  if (code == Z_OK || code == Z_BUF_ERROR) code = Z_DATA_ERROR;  // the end is missing
  return code == Z_STREAM_END ? out.binary(c.heap()) : zlib_error(c, code, z);
}

Term compress_1(Context& c, const Term* a) { return pack(c, a[0], Z_DEFAULT_COMPRESSION, zlib_window); }
Term compress_2(Context& c, const Term* a) {
  int level;
  return read_level(a[1], level) ? pack(c, a[0], level, zlib_window) : c.badarg();
}
Term zip(Context& c, const Term* a) { return pack(c, a[0], Z_DEFAULT_COMPRESSION, raw_window); }
Term gzip(Context& c, const Term* a) { return pack(c, a[0], Z_DEFAULT_COMPRESSION, gzip_window); }
Term uncompress(Context& c, const Term* a) { return unpack(c, a[0], zlib_window); }
Term unzip(Context& c, const Term* a) { return unpack(c, a[0], raw_window); }
Term gunzip(Context& c, const Term* a) { return unpack(c, a[0], gzip_window); }

Term crc32_1(Context& c, const Term* a) {
  std::string scratch;
  std::string_view data;
  if (!read_data(c, a[0], scratch, data)) return c.badarg();
  uLong sum = 0;
  native::in_parts(data.size(), 32, [&](size_t at, size_t size) {
    sum = ::crc32(sum, reinterpret_cast<const Bytef*>(data.data() + at), static_cast<uInt>(size));
    return true;
  });
  return make_unsigned(c.heap(), sum);
}

/// The checksum of two parts after each other, from theirs and the second's length.
template <uLong (*combine)(uLong, uLong, z_off_t)>
Term combined(Context& c, const Term* a) {
  uint64_t numbers[3];
  for (size_t i = 0; i < 3; i++) {
    if (!a[i].is_small() || a[i].small_value() < 0) return c.badarg();
    numbers[i] = static_cast<uint64_t>(a[i].small_value());
  }
  if (numbers[0] > UINT32_MAX || numbers[1] > UINT32_MAX) return c.badarg();
  return make_unsigned(c.heap(), combine(numbers[0], numbers[1], static_cast<z_off_t>(numbers[2])));
}

// -- streams

Term open(Context& c, const Term*) {
  auto stream = new Stream;
  stream->type = &stream_type;
  stream->id = next_resource_id();
  stream->release = release_stream;
  return make_resource(c.heap(), stream);
}

template <class Operation>
Term with_stream(Context& c, Term term, Operation operation) {
  auto stream = static_cast<Stream*>(resource_of(term, &stream_type));
  if (!stream) return c.badarg();
  std::unique_lock lock(stream->lock, std::try_to_lock);
  if (!lock) return c.error(intern_atom("not_on_controlling_process"));
  if (stream->closed) return c.error(intern_atom("not_initialized"));
  return operation(*stream);
}
template <class Operation>
Term in_mode(Context& c, Term term, Stream::Mode mode, Operation operation) {
  return with_stream(c, term, [&](Stream& stream) {
    return stream.mode == mode ? operation(stream) : c.error(intern_atom("not_initialized"));
  });
}

Term close(Context& c, const Term* a) {
  return with_stream(c, a[0], [&](Stream& stream) {
    stream.end();
    stream.closed = true;
    return atoms::ok;
  });
}
Term set_controlling_process(Context& c, const Term* a) {
  return with_stream(c, a[0], [&](Stream&) { return a[1].is_local_pid() ? atoms::ok : c.badarg(); });
}

Term start_deflate(Context& c, Term term, int level, int window, int memory, int strategy) {
  return with_stream(c, term, [&](Stream& stream) {
    if (stream.mode != Stream::Mode::idle) return c.error(intern_atom("already_initialized"));
    int code = deflateInit2(&stream.z, level, Z_DEFLATED, window, memory, strategy);
    if (code != Z_OK) return zlib_error(c, code, stream.z);
    stream.mode = Stream::Mode::deflating;
    return atoms::ok;
  });
}
Term deflate_init_1(Context& c, const Term* a) { return start_deflate(c, a[0], Z_DEFAULT_COMPRESSION, zlib_window, 8, Z_DEFAULT_STRATEGY); }
Term deflate_init_2(Context& c, const Term* a) {
  int level;
  return read_level(a[1], level) ? start_deflate(c, a[0], level, zlib_window, 8, Z_DEFAULT_STRATEGY) : c.badarg();
}
// deflateInit(stream, level, :deflated, window bits, memory level, strategy)
Term deflate_init_6(Context& c, const Term* a) {
  int level;
  std::string_view strategy = a[5].is_atom() ? atom_text(a[5]) : "";
  int number = strategy == "default" ? Z_DEFAULT_STRATEGY : strategy == "filtered" ? Z_FILTERED
               : strategy == "huffman_only" ? Z_HUFFMAN_ONLY : strategy == "rle" ? Z_RLE : -1;
  if (!read_level(a[1], level) || !a[2].is_atom() || atom_text(a[2]) != "deflated" || !a[3].is_small() || !a[4].is_small() || number < 0)
    return c.badarg();
  return start_deflate(c, a[0], level, static_cast<int>(a[3].small_value()), static_cast<int>(a[4].small_value()), number);
}
Term deflate_with(Context& c, Term term, Term input, Term flush) {
  std::string scratch;
  Output out;
  std::string_view data, name = flush.is_atom() ? atom_text(flush) : "";
  int mode = name == "none" ? Z_NO_FLUSH : name == "sync" ? Z_SYNC_FLUSH : name == "full" ? Z_FULL_FLUSH : name == "finish" ? Z_FINISH : -1;
  if (!read_data(c, input, scratch, data) || mode < 0) return c.badarg();
  return in_mode(c, term, Stream::Mode::deflating, [&](Stream& stream) {
    set_input(stream.z, data);
    int code = run(stream.z, out, SIZE_MAX, [&](z_stream& z, bool last) { return deflate(&z, last ? mode : Z_NO_FLUSH); });
    if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR) return zlib_error(c, code, stream.z);
    if (out.empty()) return Term::nil();
    return make_list(c.heap(), {out.binary(c.heap())});
  });
}
Term deflate_2(Context& c, const Term* a) { return deflate_with(c, a[0], a[1], atoms::none); }
Term deflate_3(Context& c, const Term* a) { return deflate_with(c, a[0], a[1], a[2]); }
Term deflate_reset(Context& c, const Term* a) {
  return in_mode(c, a[0], Stream::Mode::deflating, [&](Stream& stream) {
    deflateReset(&stream.z);
    return atoms::ok;
  });
}
// Ending a stream whose last part was not written is an error of the caller: :data_error.
Term deflate_end(Context& c, const Term* a) {
  return in_mode(c, a[0], Stream::Mode::deflating, [&](Stream& stream) {
    int code = deflateEnd(&stream.z);
    stream.mode = Stream::Mode::idle;
    stream.end();
    return code == Z_OK ? atoms::ok : zlib_error(c, code, stream.z);
  });
}

Term start_inflate(Context& c, Term term, int window) {
  return with_stream(c, term, [&](Stream& stream) {
    if (stream.mode != Stream::Mode::idle) return c.error(intern_atom("already_initialized"));
    int code = inflateInit2(&stream.z, window);
    if (code != Z_OK) return zlib_error(c, code, stream.z);
    stream.mode = Stream::Mode::inflating;
    return atoms::ok;
  });
}
Term inflate_init_1(Context& c, const Term* a) { return start_inflate(c, a[0], zlib_window); }
Term inflate_init_2(Context& c, const Term* a) {
  return a[1].is_small() ? start_inflate(c, a[0], static_cast<int>(a[1].small_value())) : c.badarg();
}

/// Inflates what is pending and `input`, up to `limit` bytes.
Term inflate_some(Context& c, Stream& stream, std::string_view input, size_t limit, Output& out) {
  if (stream.finished) {  // what follows the end is not part of it
    stream.drop_pending();
    return atoms::ok;
  }
  // What has been inflated is dropped when it is most of what is held: dropping it each time would move megabytes for each piece of output.
  if (stream.pending_at > stream.pending.size() / 2) stream.pending.erase(0, std::exchange(stream.pending_at, 0));
  stream.pending.reserve(stream.pending.size() + input.size());
  native::in_parts(input.size(), 64, [&](size_t at, size_t size) { return stream.pending += input.substr(at, size), true; });
  set_input(stream.z, std::string_view(stream.pending).substr(stream.pending_at));
  int code = run(stream.z, out, limit, [](z_stream& z, bool) { return inflate(&z, Z_NO_FLUSH); });
  stream.pending_at = stream.pending.size() - stream.z.avail_in;
  if (code == Z_STREAM_END) stream.finished = true;
  else if (code != Z_OK && code != Z_BUF_ERROR) return zlib_error(c, code, stream.z);
  return atoms::ok;
}
Term inflate_2(Context& c, const Term* a) {
  std::string scratch;
  Output out;
  std::string_view data;
  if (!read_data(c, a[1], scratch, data)) return c.badarg();
  return in_mode(c, a[0], Stream::Mode::inflating, [&](Stream& stream) {
    if (inflate_some(c, stream, data, SIZE_MAX, out).is_none()) return Term::none();
    if (out.empty()) return Term::nil();
    return make_list(c.heap(), {out.binary(c.heap())});
  });
}
/// {:continue, output} while there is more to come from the input given, {:finished, output} else.
Term safe_inflate(Context& c, const Term* a) {
  std::string scratch;
  Output out;
  std::string_view data;
  if (!read_data(c, a[1], scratch, data)) return c.badarg();
  return in_mode(c, a[0], Stream::Mode::inflating, [&](Stream& stream) {
    if (inflate_some(c, stream, data, safe_output_bytes, out).is_none()) return Term::none();
    bool more = !stream.finished && out.size() >= safe_output_bytes;
    Term list = out.empty() ? Term::nil() : make_list(c.heap(), {out.binary(c.heap())});
    return make_tuple(c.heap(), {intern_atom(more ? "continue" : "finished"), list});
  });
}
Term inflate_reset(Context& c, const Term* a) {
  return in_mode(c, a[0], Stream::Mode::inflating, [&](Stream& stream) {
    inflateReset(&stream.z);
    stream.drop_pending();
    stream.finished = false;
    return atoms::ok;
  });
}
Term inflate_end(Context& c, const Term* a) {
  return in_mode(c, a[0], Stream::Mode::inflating, [&](Stream& stream) {
    bool whole = stream.finished;
    stream.end();
    return whole ? atoms::ok : c.error(intern_atom("data_error"));
  });
}

Term set_dictionary(Context& c, const Term* a, Stream::Mode mode) {
  std::string scratch;
  std::string_view data;
  if (!read_data(c, a[1], scratch, data)) return c.badarg();
  return in_mode(c, a[0], mode, [&](Stream& stream) {
    auto bytes = reinterpret_cast<const Bytef*>(data.data());
    auto size = static_cast<uInt>(data.size());
    int code = mode == Stream::Mode::deflating ? deflateSetDictionary(&stream.z, bytes, size) : inflateSetDictionary(&stream.z, bytes, size);
    if (code != Z_OK) return zlib_error(c, code, stream.z);
    return mode == Stream::Mode::deflating ? make_unsigned(c.heap(), stream.z.adler) : atoms::ok;
  });
}
Term deflate_set_dictionary(Context& c, const Term* a) { return set_dictionary(c, a, Stream::Mode::deflating); }
Term inflate_set_dictionary(Context& c, const Term* a) { return set_dictionary(c, a, Stream::Mode::inflating); }

constexpr NativeEntry entries[] = {
    {"zlib", "compress", 1, compress_1, native_measured},
    {"zlib", "compress", 2, compress_2, native_measured},
    {"zlib", "uncompress", 1, uncompress, native_long},  // what little says may be much
    {"zlib", "zip", 1, zip, native_measured},
    {"zlib", "unzip", 1, unzip, native_long},  // what little says may be much
    {"zlib", "gzip", 1, gzip, native_measured},
    {"zlib", "gunzip", 1, gunzip, native_long},  // what little says may be much
    {"zlib", "crc32", 1, crc32_1, native_measured},
    {"erlang", "crc32_combine", 3, combined<::crc32_combine>}, {"erlang", "adler32_combine", 3, combined<::adler32_combine>},
    {"zlib", "open", 0, open},
    {"zlib", "close", 1, close},
    {"zlib", "set_controlling_process", 2, set_controlling_process},
    {"zlib", "deflateInit", 1, deflate_init_1},
    {"zlib", "deflateInit", 2, deflate_init_2},
    {"zlib", "deflateInit", 6, deflate_init_6},
    {"zlib", "deflate", 2, deflate_2, native_measured},
    {"zlib", "deflate", 3, deflate_3, native_measured},
    {"zlib", "deflateSetDictionary", 2, deflate_set_dictionary},
    {"zlib", "deflateReset", 1, deflate_reset},
    {"zlib", "deflateEnd", 1, deflate_end},
    {"zlib", "inflateInit", 1, inflate_init_1},
    {"zlib", "inflateInit", 2, inflate_init_2},
    {"zlib", "inflate", 2, inflate_2, native_long},
    {"zlib", "safeInflate", 2, safe_inflate, native_long},
    {"zlib", "inflateSetDictionary", 2, inflate_set_dictionary},
    {"zlib", "inflateReset", 1, inflate_reset},
    {"zlib", "inflateEnd", 1, inflate_end},
};

}  // namespace

namespace native {

bool deflate_whole(std::string_view data, int level, std::string& out) {
  OneCall stream;
  if (data.size() > UINT32_MAX || deflateInit(&stream.z, level) != Z_OK) return false;
  stream.end = deflateEnd;
  set_input(stream.z, data);
  Output made;
  if (run(stream.z, made, SIZE_MAX, [](z_stream& z, bool last) { return deflate(&z, last ? Z_FINISH : Z_NO_FLUSH); }) != Z_STREAM_END) return false;
  made.append_to(out);
  return true;
}

bool inflate_whole(std::string_view data, size_t size, std::string& out) {
  OneCall stream;
  if (data.size() > UINT32_MAX || inflateInit(&stream.z) != Z_OK) return false;
  stream.end = inflateEnd;
  set_input(stream.z, data);
  Output made;
  int code = run(stream.z, made, size + 1, [](z_stream& z, bool) { return inflate(&z, Z_NO_FLUSH); });
  if (code != Z_STREAM_END || made.size() != size) return false;
  made.append_to(out);
  return true;
}

}  // namespace native

extern const NativeTable zlib_natives = native::table_of(entries);

}  // namespace phial
