#include "vm/term/binary.hpp"

#include <algorithm>

#include "vm/base/available_memory.hpp"
#include "vm/base/memory.hpp"

namespace phial {
namespace {

constexpr size_t max_heap_binary_bytes = 64;

// Bytes of all shared binaries. Threads count in places of their own (a shared counter would be a shared write for every binary); one place
// alone may be negative, for a binary may be freed by another thread.
struct alignas(64) ByteCount {
  std::atomic<int64_t> bytes{0};
};
constexpr size_t byte_count_places = 16;
ByteCount byte_counts[byte_count_places];
std::atomic<size_t> next_place{0};

void count_bytes(int64_t bytes) {
  thread_local size_t place = next_place.fetch_add(1, std::memory_order_relaxed) % byte_count_places;
  byte_counts[place].bytes.fetch_add(bytes, std::memory_order_relaxed);
}

void release_owned(SharedBinary* binary) {
  if (binary->account) [[unlikely]] {
    binary->account->charge(-static_cast<int64_t>(binary->capacity));
    binary->account->drop();
  }
  count_bytes(-static_cast<int64_t>(binary->capacity));
  memory_free(binary);
}

}  // namespace

constinit thread_local ByteAccount* byte_account = nullptr;
constinit thread_local GivenUp walk_given_up = GivenUp::no;

void (*give_up_hook)(GivenUp why) = nullptr;

static void give_up(GivenUp why) {
  if (give_up_hook)
    give_up_hook(why);
  else
    walk_given_up = why;
}

bool too_many_words(size_t words) {
  // One term may take half of what there is.
  constexpr size_t large = size_t{1} << 25, most_words = size_t{1} << 30;
  if (walk_given_up != GivenUp::no) return true;
  bool has = words < large || (words < most_words && words < available_memory() / 2 / sizeof(Word));
  if (has && (!byte_account || !byte_account->fits || byte_account->fits(byte_account, words * sizeof(Word)))) return false;
  give_up(GivenUp::words);
  return true;
}

void expect_table_bytes(size_t bytes) {
  if (byte_account && byte_account->fits_table && !byte_account->fits_table(byte_account, bytes)) [[unlikely]]
    give_up(GivenUp::table);
}

SharedBinary* SharedBinary::create(size_t capacity) {
  auto binary = static_cast<SharedBinary*>(memory_allocate(sizeof(SharedBinary) + capacity));
  new (&binary->references) std::atomic<uint64_t>(1);
  new (&binary->used) std::atomic<uint64_t>(capacity * 8);
  binary->capacity = capacity;
  count_bytes(static_cast<int64_t>(capacity));
  binary->release = release_owned;
  binary->account = byte_account;
  if (binary->account) [[unlikely]] {
    binary->account->retain();
    binary->account->charge(static_cast<int64_t>(capacity));
  }
  binary->bytes = reinterpret_cast<uint8_t*>(binary + 1);
  return binary;
}

size_t shared_binary_bytes() {
  int64_t bytes = 0;
  for (ByteCount& count : byte_counts) bytes += count.bytes.load(std::memory_order_relaxed);
  return bytes > 0 ? static_cast<size_t>(bytes) : 0;
}

std::string_view bytes_of(Term binary, std::string& scratch) {
  BitView view = bits_of(binary);
  size_t size = view.bits / 8;
  if (view.byte_aligned()) return {reinterpret_cast<const char*>(view.bytes), size};
  scratch.resize(size);
  copy_bits(reinterpret_cast<uint8_t*>(scratch.data()), 0, view.bytes, view.bit_offset, size * 8);
  return scratch;
}

Term make_binary_buffer(TermHeap& heap, size_t size, uint8_t** bytes) {
  if (size <= max_heap_binary_bytes) {
    size_t words = 1 + (size + 7) / 8;
    Word* object = heap.allocate(1 + words);
    object[words] = 0;
    object[0] = Header::make(Kind::heap_binary, words);
    object[1] = size * 8;
    *bytes = reinterpret_cast<uint8_t*>(object + 2);
    return Term::boxed(object);
  }
  SharedBinary* shared = SharedBinary::create(size);
  *bytes = shared->bytes;
  return make_shared_binary(heap, shared, size * 8);
}

Term make_binary(TermHeap& heap, std::string_view bytes) {
  uint8_t* to;
  Term binary = make_binary_buffer(heap, bytes.size(), &to);
  if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  return binary;
}

Term make_bitstring(TermHeap& heap, const uint8_t* bytes, size_t bits) {
  uint8_t* to;
  Term binary = make_binary_buffer(heap, (bits + 7) / 8, &to);
  if (bits) copy_bits(to, 0, bytes, 0, bits);
  binary.object()[1] = bits;
  return binary;
}

Term make_shared_binary(TermHeap& heap, SharedBinary* binary, size_t bits) {
  Word* object = heap.allocate(4);
  object[0] = Header::make(Kind::shared_binary, 3);
  object[1] = bits;
  object[2] = reinterpret_cast<Word>(binary);
  off_heap_link(object) = heap.off_heap;
  heap.off_heap = object;
  heap.off_heap_bytes += binary->capacity;
  return Term::boxed(object);
}

Term slice_of(TermHeap& heap, Term base, size_t bit_offset, size_t bits) {
  Word* slice = heap.allocate(4);
  slice[0] = Header::make(Kind::slice, 3);
  slice[1] = base.word;
  slice[2] = Term::small(static_cast<int64_t>(bit_offset)).word;
  slice[3] = Term::small(static_cast<int64_t>(bits)).word;
  return Term::boxed(slice);
}

Term make_slice(TermHeap& heap, Term bitstring, size_t bit_offset, size_t bits) {
  if (bit_offset == 0 && bits == bit_size(bitstring)) return bitstring;
  BitView view = bits_of(bitstring);
  size_t offset = view.bit_offset + bit_offset;
  if (bits <= 8 * 24) {  // a copy is no larger than the slice and frees the original
    uint8_t* to;
    Term copy = make_binary_buffer(heap, (bits + 7) / 8, &to);
    if (bits) copy_bits(to, 0, view.bytes, offset, bits);
    copy.object()[1] = bits;
    return copy;
  }
  Term base = bitstring;
  size_t absolute = bit_offset;
  if (bitstring.kind() == Kind::slice) {
    base = Term::raw(bitstring.object()[1]);
    absolute += static_cast<size_t>(Term::raw(bitstring.object()[2]).small_value());
  }
  return slice_of(heap, base, absolute, bits);
}

void copy_bits(uint8_t* to, size_t to_offset, const uint8_t* from, size_t from_offset, size_t bits) {
  to += to_offset / 8;
  to_offset %= 8;
  from += from_offset / 8;
  from_offset %= 8;
  if (to_offset == 0 && from_offset == 0) {
    if (bits / 8) std::memcpy(to, from, bits / 8);
    if (size_t rest = bits % 8) {
      auto mask = static_cast<uint8_t>(0xff00 >> rest);
      to[bits / 8] = static_cast<uint8_t>((to[bits / 8] & ~mask) | (from[bits / 8] & mask));
    }
    return;
  }
  // The next bits of the source, at most eight.
  auto take = [&](size_t count) {
    unsigned window = unsigned{from[0]} << 8 | (from_offset + count > 8 ? from[1] : 0u);
    unsigned value = window >> (16 - from_offset - count) & ((1u << count) - 1);
    from_offset += count;
    from += from_offset / 8;
    from_offset %= 8;
    return value;
  };
  auto put = [&](size_t count, size_t shift) {
    unsigned mask = ((1u << count) - 1) << shift;
    *to = static_cast<uint8_t>((*to & ~mask) | take(count) << shift);
    bits -= count;
  };
  if (to_offset) {  // up to a whole byte of the target
    size_t count = std::min(bits, 8 - to_offset);
    put(count, 8 - to_offset - count);
    to++;
  }
  if (from_offset == 0) {
    if (size_t whole = bits / 8) {
      std::memcpy(to, from, whole);
      to += whole;
      from += whole;
      bits %= 8;
    }
  } else {
    for (; bits >= 64; bits -= 64, to += 8, from += 8) {
      uint64_t word;
      std::memcpy(&word, from, 8);
      word = __builtin_bswap64(__builtin_bswap64(word) << from_offset | from[8] >> (8 - from_offset));
      std::memcpy(to, &word, 8);
    }
    for (; bits >= 8; bits -= 8, from++) *to++ = static_cast<uint8_t>(from[0] << from_offset | from[1] >> (8 - from_offset));
  }
  if (bits) put(bits, 8 - bits);
}

uint64_t next_resource_id() {
  static std::atomic<uint64_t> next{1};
  return next.fetch_add(1, std::memory_order_relaxed);
}

Term make_resource(TermHeap& heap, Resource* resource) {
  Word* object = heap.allocate(4);
  object[0] = Header::make(Kind::resource, 3);
  object[1] = resource->id;
  object[2] = reinterpret_cast<Word>(resource);
  off_heap_link(object) = heap.off_heap;
  heap.off_heap = object;
  return Term::boxed(object);
}

Resource* resource_of(Term term, const void* type) {
  if (!term.is_kind(Kind::resource)) return nullptr;
  auto resource = reinterpret_cast<Resource*>(term.object()[2]);
  return resource->type == type ? resource : nullptr;
}

void drop_off_heap(Word* object) {
  if (Header::kind(*object) == Kind::shared_binary)
    reinterpret_cast<SharedBinary*>(object[2])->drop();
  else
    reinterpret_cast<Resource*>(object[2])->drop();
}

void drop_off_heap_list(Word* first) {
  while (first) {
    Word* next = off_heap_link(first);
    drop_off_heap(first);
    first = next;
  }
}

}  // namespace phial
