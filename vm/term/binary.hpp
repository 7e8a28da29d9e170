// Binaries and bitstrings: a view over the three representations, and the off-heap part.
#pragma once
#include <atomic>

#include "vm/term/build.hpp"

namespace phial {

/// Whom the bytes of shared binaries are charged to while they live, and all that this account is part of. Any thread.
struct ByteAccount {
  std::atomic<uint64_t> references{1};
  std::atomic<int64_t> binary_bytes{0};
  std::atomic<int64_t> table_bytes{0};  // of ETS
  std::atomic<int64_t> other_bytes{0};  // timers with what they will send
  ByteAccount* parent = nullptr;  // holds a reference
  void (*release)(ByteAccount*) = nullptr;
  /// Makes an atom within the quota of this account, or gives none().
  Term (*make_atom)(ByteAccount*, std::string_view text) = nullptr;
  /// Whether there is room for so many bytes more, at all and in tables.
  bool (*fits)(ByteAccount*, size_t bytes) = nullptr;
  bool (*fits_table)(ByteAccount*, size_t bytes) = nullptr;
  void charge(int64_t bytes) {
    for (ByteAccount* at = this; at; at = at->parent) at->binary_bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
  void charge_table(int64_t bytes) {
    for (ByteAccount* at = this; at; at = at->parent) at->table_bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
  void charge_other(int64_t bytes) {
    for (ByteAccount* at = this; at; at = at->parent) at->other_bytes.fetch_add(bytes, std::memory_order_relaxed);
  }
  void retain() { references.fetch_add(1, std::memory_order_relaxed); }
  void drop() {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) release(this);
  }
};
/// Pays for what the calling thread makes; null: nobody does. The scheduler sets it for each slice (vm/process/budget.hpp).
extern constinit thread_local ByteAccount* byte_account;
/// What a walk would have taken more of than there is.
enum class GivenUp : uint8_t { no, words, table };
/// Ends the process that runs, on the spot: what called it is unwound. Set by the layer that knows processes. It comes back where none can be ended
/// so (on the pool and on foreign threads, and under a WorkHold): walk_given_up is set then, the walk goes without what is too much, and what
/// asked for it has failed.
extern void (*give_up_hook)(GivenUp why);
extern constinit thread_local GivenUp walk_given_up;
/// Whether a copy of so many words is more than the thread's account (or any machine) has room for: a term whose parts are shared can be
/// exponentially larger than what it takes. Comes back with true only where the process cannot be ended at once.
bool too_many_words(size_t words);
/// The same of a table's object, before it is made.
void expect_table_bytes(size_t bytes);

/// Off-heap bytes, counted. `capacity` may exceed `size`: the owner of the last slice may append in place (binary append).
struct SharedBinary {
  std::atomic<uint64_t> references;
  std::atomic<uint64_t> used;  // bits handed out so far; an appender claims bits beyond with compare-exchange
  uint64_t capacity;
  void (*release)(SharedBinary*);  // frees it; a host may lend its own memory this way
  uint8_t* bytes;
  ByteAccount* account;  // holds a reference; null: nobody pays

  static SharedBinary* create(size_t capacity);
  void retain() { references.fetch_add(1, std::memory_order_relaxed); }
  void drop() {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) release(this);
  }
};

/// Bytes of all shared binaries of the OS process (of all its VMs), but those that a host lent.
size_t shared_binary_bytes();

/// Where the bits of a binary or bitstring are. Valid until the heap that holds the term moves or dies.
struct BitView {
  const uint8_t* bytes;
  size_t bit_offset;  // from bytes; 0..7 after normalization by bits_of
  size_t bits;
  bool byte_aligned() const { return bit_offset == 0; }
  bool whole_bytes() const { return bits % 8 == 0; }
};
/// `term` must be a bitstring.
inline BitView bits_of(Term term) {
  const Word* object = term.object();
  size_t offset = 0, bits = object[1];
  Kind kind = Header::kind(*object);
  if (kind == Kind::slice) {
    offset = static_cast<size_t>(Term::raw(object[2]).small_value());
    bits = static_cast<size_t>(Term::raw(object[3]).small_value());
    object = Term::raw(object[1]).object();
    kind = Header::kind(*object);
  }
  // What a slice is of is never a slice.
  const uint8_t* bytes = kind == Kind::heap_binary ? reinterpret_cast<const uint8_t*>(object + 2) : reinterpret_cast<const SharedBinary*>(object[2])->bytes;
  return {bytes + offset / 8, offset % 8, bits};
}
/// The bytes of a byte-aligned binary. If the term is a binary at an odd bit offset, the bytes are copied to `scratch`.
std::string_view bytes_of(Term binary, std::string& scratch);
/// `term` must be a bitstring.
inline size_t bit_size(Term term) {
  const Word* object = term.object();
  if (Header::kind(*object) == Kind::slice) return static_cast<size_t>(Term::raw(object[3]).small_value());
  return object[1];
}
/// True for bitstrings of whole bytes.
inline bool is_binary(Term term) { return term.is_bitstring() && bit_size(term) % 8 == 0; }

/// The part [offset, offset + bits) of a bitstring, as a slice where that saves copying.
Term make_slice(TermHeap& heap, Term bitstring, size_t bit_offset, size_t bits);
/// The part as a slice in any case; `base` is no slice itself.
Term slice_of(TermHeap& heap, Term base, size_t bit_offset, size_t bits);
/// A reference object for `binary` (takes over one count).
Term make_shared_binary(TermHeap& heap, SharedBinary* binary, size_t bits);

/// Copies `bits` bits between arbitrary bit offsets; other bits of the destination's last byte are kept.
void copy_bits(uint8_t* to, size_t to_offset, const uint8_t* from, size_t from_offset, size_t bits);

/// Native objects that the language holds by reference (ETS tables, atomics, compile sessions, host objects).
/// Counted like binaries; `release` runs on whatever thread drops the last reference.
struct Resource {
  std::atomic<uint64_t> references{1};
  const void* type;  // address of the type's tag: compares types without RTTI
  uint64_t id;       // unique in the OS process: identity, order and hash of the reference
  void (*release)(Resource*);
  void retain() { references.fetch_add(1, std::memory_order_relaxed); }
  void drop() {
    if (references.fetch_sub(1, std::memory_order_acq_rel) == 1) release(this);
  }
};
uint64_t next_resource_id();
/// A reference term for a resource (takes over one count).
Term make_resource(TermHeap& heap, Resource* resource);
/// The resource if `term` is one of this type, else null.
Resource* resource_of(Term term, const void* type);

/// Drops the counts that a chain of objects with off-heap parts holds (their heap is about to die).
void drop_off_heap_list(Word* first);
/// The link to the next object of the chain: the last payload word of shared_binary and resource.
inline Word*& off_heap_link(Word* object) { return reinterpret_cast<Word*&>(object[3]); }
/// Drops the one count that this object holds.
void drop_off_heap(Word* object);

}  // namespace phial
