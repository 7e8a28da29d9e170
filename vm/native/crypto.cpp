// :crypto: hashes, message authentication codes, ciphers and random numbers, by OpenSSL's libcrypto.
//
// Names of algorithms are Erlang's (:sha256, :aes_256_gcm); find_digest and find_cipher turn them into OpenSSL's. The states of
// hash_init, mac_init and crypto_init are resources. Erlang's states of hashes are values: hash_update copies the state, so that an
// old one can be used again; those of MACs and ciphers change in place, as in Erlang.
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <memory>
#include <mutex>
#include <vector>

#include "vm/base/work.hpp"
#include "vm/native/libcrypto.hpp"
#include "vm/native/native.hpp"
#include "vm/scheduler/deterministic.hpp"
#include "vm/process/budget.hpp"
#include "vm/process/spin_lock.hpp"
#include "vm/term/integer.hpp"
#include "vm/term/map.hpp"

namespace phial {
namespace {

constexpr size_t bytes_per_reduction = 32;

template <auto release>
struct Releases {
  template <class T>
  void operator()(T* object) const { release(object); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, Releases<[](auto* object) { EVP_MD_CTX_free(object); }>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Releases<[](auto* object) { EVP_CIPHER_CTX_free(object); }>>;
using Mac = std::unique_ptr<EVP_MAC, Releases<[](auto* object) { EVP_MAC_free(object); }>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Releases<[](auto* object) { EVP_MAC_CTX_free(object); }>>;

/// A value of a library type that the language holds by reference. Who changes it may be left in the middle with the lock; others then try again in their next turn.
template <class T>
struct Holder : Resource {
  SpinLock lock;
  T value;
};
template <class T>
constexpr char type_tag = 0;

template <class T>
Term hold(Context& c, T value) {
  auto holder = new Holder<T>;
  holder->type = &type_tag<T>;
  holder->id = next_resource_id();
  holder->release = [](Resource* resource) { delete static_cast<Holder<T>*>(resource); };
  holder->value = std::move(value);
  return make_resource(c.heap(), holder);
}
template <class T>
Holder<T>* held(Term term) {
  return static_cast<Holder<T>*>(resource_of(term, &type_tag<T>));
}

using Claim = std::unique_lock<SpinLock>;
Term try_later(Context& c, std::initializer_list<Term> arguments) {
  c.bump(1000);
  return c.again(arguments);
}

const unsigned char* octets(std::string_view bytes) { return reinterpret_cast<const unsigned char*>(bytes.data()); }

/// Iodata as bytes; a binary is not copied.
class Bytes {
 public:
  bool read(Context& c, Term term) {
    if (is_binary(term)) view_ = bytes_of(term, scratch_);
    else if (term.is_list() && native::append_iodata(term, scratch_)) view_ = scratch_;
    else return false;
    c.bump(static_cast<int64_t>(view_.size() / bytes_per_reduction));
    return true;
  }
  std::string_view view() const { return view_; }
  const unsigned char* data() const { return octets(view_.data() ? view_ : std::string_view("")); }
  size_t size() const { return view_.size(); }

 private:
  std::string scratch_;
  std::string_view view_;
};

// -- algorithms

struct NamedDigest { const char* name; const char* openssl; };
constexpr NamedDigest digests[] = {
    {"sha", "SHA1"}, {"sha224", "SHA224"}, {"sha256", "SHA256"}, {"sha384", "SHA384"}, {"sha512", "SHA512"},
    {"sha512_224", "SHA512-224"}, {"sha512_256", "SHA512-256"}, {"sha3_224", "SHA3-224"}, {"sha3_256", "SHA3-256"},
    {"sha3_384", "SHA3-384"}, {"sha3_512", "SHA3-512"}, {"blake2b", "BLAKE2b512"}, {"blake2s", "BLAKE2s256"},
    {"md5", "MD5"}, {"ripemd160", "RIPEMD160"}, {"sm3", "SM3"}, {"shake128", "SHAKE128"}, {"shake256", "SHAKE256"}};

const EVP_MD* find_digest(Term type) {
  if (!type.is_atom()) return nullptr;
  std::string_view name = atom_text(type);
  for (auto& digest : digests)
    if (name == digest.name) return EVP_get_digestbyname(digest.openssl);
  return nullptr;
}

struct NamedCipher { const char* name; const char* openssl; };
constexpr NamedCipher ciphers[] = {
    {"aes_128_cbc", "AES-128-CBC"}, {"aes_192_cbc", "AES-192-CBC"}, {"aes_256_cbc", "AES-256-CBC"},
    {"aes_128_ecb", "AES-128-ECB"}, {"aes_192_ecb", "AES-192-ECB"}, {"aes_256_ecb", "AES-256-ECB"},
    {"aes_128_ctr", "AES-128-CTR"}, {"aes_192_ctr", "AES-192-CTR"}, {"aes_256_ctr", "AES-256-CTR"},
    {"aes_128_ofb", "AES-128-OFB"}, {"aes_192_ofb", "AES-192-OFB"}, {"aes_256_ofb", "AES-256-OFB"},
    {"aes_128_cfb8", "AES-128-CFB8"}, {"aes_192_cfb8", "AES-192-CFB8"}, {"aes_256_cfb8", "AES-256-CFB8"},
    {"aes_128_cfb128", "AES-128-CFB"}, {"aes_192_cfb128", "AES-192-CFB"}, {"aes_256_cfb128", "AES-256-CFB"},
    {"aes_128_gcm", "AES-128-GCM"}, {"aes_192_gcm", "AES-192-GCM"}, {"aes_256_gcm", "AES-256-GCM"},
    {"aes_128_ccm", "AES-128-CCM"}, {"aes_192_ccm", "AES-192-CCM"}, {"aes_256_ccm", "AES-256-CCM"},
    {"chacha20", "ChaCha20"}, {"chacha20_poly1305", "ChaCha20-Poly1305"}, {"des_ede3_cbc", "DES-EDE3-CBC"}};

/// The cipher of a name; :aes_cbc and the like take their size from the key.
const EVP_CIPHER* find_cipher(Term type, size_t key_size) {
  if (!type.is_atom()) return nullptr;
  std::string name(atom_text(type));
  if (name.starts_with("aes_") && name.size() > 4 && (name[4] < '0' || name[4] > '9'))
    name = "aes_" + std::to_string(key_size * 8) + name.substr(3);
  for (auto& cipher : ciphers)
    if (name == cipher.name) return EVP_get_cipherbyname(cipher.openssl);
  return nullptr;
}

/// Raises what OTP raises for a bad argument or a failure of the library: {tag, {file, line}, text}.
Term failure(Context& c, const char* tag, const char* text) {
  Term place = make_tuple(c.heap(), {native::make_charlist(c.heap(), "crypto.cpp"), Term::small(0)});
  return c.error(make_tuple(c.heap(), {intern_atom(tag), place, native::make_charlist(c.heap(), text)}));
}

// -- hashes

/// Hashes in parts, between which a long native function may be left.
bool update_digest(EVP_MD_CTX* context, const Bytes& bytes) {
  return native::in_parts(bytes.size(), 8, [&](size_t at, size_t size) { return EVP_DigestUpdate(context, bytes.data() + at, size) == 1; });
}

Term digest_result(Context& c, EVP_MD_CTX* context, size_t size, bool extendable) {
  uint8_t* bytes;
  Term result = make_binary_buffer(c.heap(), size, &bytes);
  int done = extendable ? EVP_DigestFinalXOF(context, bytes, size) : EVP_DigestFinal_ex(context, bytes, nullptr);
  return done == 1 ? result : failure(c, "error", "Can't compute hash");
}

Term hash_of(Context& c, Term type, Term data, size_t bits, bool sized) {
  const EVP_MD* digest = find_digest(type);
  Bytes bytes;
  if (!digest) return failure(c, "badarg", "Bad digest type");
  if (!bytes.read(c, data)) return failure(c, "badarg", "Bad data");
  bool extendable = EVP_MD_get_flags(digest) & EVP_MD_FLAG_XOF;
  if (sized != extendable || bits % 8) return failure(c, "badarg", "Bad digest type");
  DigestContext context(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(context.get(), digest, nullptr) != 1 || !update_digest(context.get(), bytes))
    return failure(c, "error", "Can't compute hash");
  return digest_result(c, context.get(), sized ? bits / 8 : static_cast<size_t>(EVP_MD_get_size(digest)), extendable);
}
Term hash(Context& c, const Term* a) { return hash_of(c, a[0], a[1], 0, false); }
Term hash_xof(Context& c, const Term* a) {
  size_t bits;
  return native::read_index(a[2], size_t{1} << 30, bits) ? hash_of(c, a[0], a[1], bits, true) : c.badarg();
}

Term hash_init(Context& c, const Term* a) {
  const EVP_MD* digest = find_digest(a[0]);
  if (!digest) return failure(c, "badarg", "Bad digest type");
  DigestContext context(EVP_MD_CTX_new());
  if (EVP_DigestInit_ex(context.get(), digest, nullptr) != 1) return failure(c, "error", "Can't initialize hash");
  return hold(c, std::move(context));
}
/// A copy of the state behind a term; null if it is none.
DigestContext copy_state(Term term) {
  auto holder = held<DigestContext>(term);
  if (!holder) return nullptr;
  std::lock_guard lock(holder->lock);  // nobody keeps this one long
  DigestContext copy(EVP_MD_CTX_new());
  return EVP_MD_CTX_copy_ex(copy.get(), holder->value.get()) == 1 ? std::move(copy) : nullptr;
}
Term hash_update(Context& c, const Term* a) {
  DigestContext context = copy_state(a[0]);
  Bytes bytes;
  if (!context) return failure(c, "badarg", "Bad state");
  if (!bytes.read(c, a[1])) return failure(c, "badarg", "Bad data");
  if (!update_digest(context.get(), bytes)) return failure(c, "error", "Can't update hash");
  return hold(c, std::move(context));
}
Term hash_final(Context& c, const Term* a) {
  DigestContext context = copy_state(a[0]);
  if (!context) return failure(c, "badarg", "Bad state");
  return digest_result(c, context.get(), static_cast<size_t>(EVP_MD_CTX_get_size(context.get())), false);
}
Term hash_info(Context& c, const Term* a) {
  const EVP_MD* digest = find_digest(a[0]);
  if (!digest) return failure(c, "badarg", "Bad digest type");
  Term pairs[] = {atoms::type, Term::small(EVP_MD_get_type(digest)), atoms::size, Term::small(EVP_MD_get_size(digest)),
                  intern_atom("block_size"), Term::small(EVP_MD_get_block_size(digest))};
  return make_map(c.heap(), pairs);
}

// -- message authentication codes

/// A MAC ready for data; null and a raised exception where arguments are bad.
MacContext start_mac(Context& c, Term type, Term subtype, Term key_term) {
  Bytes key;
  std::string_view name = type.is_atom() ? atom_text(type) : "";
  const char* algorithm = name == "hmac" ? "HMAC" : name == "cmac" ? "CMAC" : name == "poly1305" ? "POLY1305" : nullptr;
  if (!algorithm) return failure(c, "badarg", "Unknown mac algorithm"), nullptr;
  if (!key.read(c, key_term)) return failure(c, "badarg", "Bad key"), nullptr;
  OSSL_PARAM parameters[2] = {OSSL_PARAM_construct_end(), OSSL_PARAM_construct_end()};
  if (name == "hmac") {
    const EVP_MD* digest = find_digest(subtype);
    if (!digest) return failure(c, "badarg", "Bad digest algorithm for HMAC"), nullptr;
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(EVP_MD_get0_name(digest)), 0);
  } else if (name == "cmac") {
    const EVP_CIPHER* cipher = find_cipher(subtype, key.size());
    if (!cipher) return failure(c, "badarg", "Unknown cipher"), nullptr;
    parameters[0] = OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_CIPHER, const_cast<char*>(EVP_CIPHER_get0_name(cipher)), 0);
  }
  Mac mac(EVP_MAC_fetch(nullptr, algorithm, nullptr));
  MacContext context(mac ? EVP_MAC_CTX_new(mac.get()) : nullptr);
  if (!context || EVP_MAC_init(context.get(), key.data(), key.size(), parameters) != 1) return failure(c, "badarg", "Bad key"), nullptr;
  return context;
}
bool update_mac(EVP_MAC_CTX* context, const Bytes& bytes) {
  return native::in_parts(bytes.size(), 8, [&](size_t at, size_t size) { return EVP_MAC_update(context, bytes.data() + at, size) == 1; });
}
Term finish_mac(Context& c, EVP_MAC_CTX* context, size_t most) {
  unsigned char bytes[EVP_MAX_MD_SIZE];
  size_t size = 0;
  if (EVP_MAC_final(context, bytes, &size, sizeof bytes) != 1) return failure(c, "error", "Can't get mac");
  return make_binary(c.heap(), {reinterpret_cast<char*>(bytes), std::min(size, most)});
}
Term mac_of(Context& c, Term type, Term subtype, Term key, Term data, size_t most) {
  MacContext context = start_mac(c, type, subtype, key);
  if (!context) return Term::none();
  Bytes bytes;
  if (!bytes.read(c, data)) return failure(c, "badarg", "Bad data");
  if (!update_mac(context.get(), bytes)) return failure(c, "error", "Can't update mac");
  return finish_mac(c, context.get(), most);
}
Term mac_3(Context& c, const Term* a) { return mac_of(c, a[0], atoms::undefined, a[1], a[2], SIZE_MAX); }
Term mac_4(Context& c, const Term* a) { return mac_of(c, a[0], a[1], a[2], a[3], SIZE_MAX); }
Term mac_n_4(Context& c, const Term* a) {
  size_t most;
  return native::read_index(a[3], 1 << 20, most) ? mac_of(c, a[0], atoms::undefined, a[1], a[2], most) : c.badarg();
}
Term mac_n_5(Context& c, const Term* a) {
  size_t most;
  return native::read_index(a[4], 1 << 20, most) ? mac_of(c, a[0], a[1], a[2], a[3], most) : c.badarg();
}
Term mac_init_2(Context& c, const Term* a) {
  MacContext context = start_mac(c, a[0], atoms::undefined, a[1]);
  return context ? hold(c, std::move(context)) : Term::none();
}
Term mac_init_3(Context& c, const Term* a) {
  MacContext context = start_mac(c, a[0], a[1], a[2]);
  return context ? hold(c, std::move(context)) : Term::none();
}
Term mac_update(Context& c, const Term* a) {
  auto holder = held<MacContext>(a[0]);
  Bytes bytes;
  if (!holder || !bytes.read(c, a[1])) return failure(c, "badarg", "Bad ref or data");
  Claim lock(holder->lock, std::try_to_lock);
  if (!lock) return try_later(c, {a[0], a[1]});
  return update_mac(holder->value.get(), bytes) ? a[0] : failure(c, "error", "Can't update mac");
}
Term mac_final_with(Context& c, std::initializer_list<Term> arguments, size_t most) {
  auto holder = held<MacContext>(*arguments.begin());
  if (!holder) return failure(c, "badarg", "Bad ref");
  Claim lock(holder->lock, std::try_to_lock);
  if (!lock) return try_later(c, arguments);
  return finish_mac(c, holder->value.get(), most);
}
Term mac_final(Context& c, const Term* a) { return mac_final_with(c, {a[0]}, SIZE_MAX); }
Term mac_final_n(Context& c, const Term* a) {
  size_t most;
  return native::read_index(a[1], 1 << 20, most) ? mac_final_with(c, {a[0], a[1]}, most) : c.badarg();
}

// -- ciphers

struct CipherState {
  CipherContext context;
  std::string_view padding = "none";  // none, pkcs_padding, zero, random
  bool encrypts = true;
  size_t input = 0;  // bytes so far, for padding by hand
};

/// Options: a boolean (true encrypts), or a list with {:encrypt, flag} and {:padding, kind}.
bool read_cipher_options(Term options, CipherState& state) {
  if (options == atoms::true_ || options == atoms::false_) {
    state.encrypts = options == atoms::true_;
    return true;
  }
  if (list_length(options) < 0) return false;
  for (Term option : ListRange(options)) {
    if (!option.is_tuple(2) || !option.element(0).is_atom() || !option.element(1).is_atom()) return false;
    std::string_view name = atom_text(option.element(0)), value = atom_text(option.element(1));
    if (name == "encrypt") state.encrypts = option.element(1) == atoms::true_;
    else if (name == "padding" && (value == "none" || value == "pkcs_padding" || value == "zero" || value == "random")) state.padding = value;
    else return false;
  }
  return true;
}

bool start_cipher(Context& c, Term type, Term key_term, const Term* vector_term, Term options, CipherState& state) {
  Bytes key, vector;
  if (!key.read(c, key_term)) return failure(c, "badarg", "Bad key"), false;
  if (vector_term && !vector.read(c, *vector_term)) return failure(c, "badarg", "Bad iv type"), false;
  if (!read_cipher_options(options, state)) return failure(c, "badarg", "Options are not a boolean or a proper list"), false;
  const EVP_CIPHER* cipher = find_cipher(type, key.size());
  if (!cipher) return failure(c, "badarg", "Unknown cipher"), false;
  if (EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER) return failure(c, "badarg", "Missing arguments for this cipher"), false;
  if (key.size() != static_cast<size_t>(EVP_CIPHER_get_key_length(cipher))) return failure(c, "badarg", "Bad key size"), false;
  auto needed = static_cast<size_t>(EVP_CIPHER_get_iv_length(cipher));
  if (vector_term ? vector.size() != needed : needed != 0) return failure(c, "badarg", "Bad iv size"), false;
  state.context.reset(EVP_CIPHER_CTX_new());
  if (EVP_CipherInit_ex(state.context.get(), cipher, nullptr, key.data(), needed ? vector.data() : nullptr, state.encrypts) != 1)
    return failure(c, "error", "Can't initialize cipher"), false;
  EVP_CIPHER_CTX_set_padding(state.context.get(), state.padding == "pkcs_padding");
  return true;
}

/// In parts; the output has room for all of it from the beginning.
bool update_cipher(CipherState& state, std::string_view data, std::string& out) {
  state.input += data.size();
  out.reserve(out.size() + data.size() + 2 * EVP_MAX_BLOCK_LENGTH);
  return native::in_parts(data.size(), 8, [&](size_t at, size_t part) {
    size_t before = out.size();
    out.resize(before + part + EVP_MAX_BLOCK_LENGTH);
    int size = 0;
    bool done = EVP_CipherUpdate(state.context.get(), reinterpret_cast<unsigned char*>(out.data() + before), &size, octets(data.substr(at)),
                                 static_cast<int>(part)) == 1;
    out.resize(before + static_cast<size_t>(std::max(size, 0)));
    return done;
  });
}
bool finish_cipher(CipherState& state, std::string& out) {
  auto block = static_cast<size_t>(EVP_CIPHER_CTX_get_block_size(state.context.get()));
  if (state.encrypts && block > 1 && state.input % block && (state.padding == "zero" || state.padding == "random")) {
    std::string filler(block - state.input % block, '\0');
    if (state.padding == "random" && RAND_bytes(reinterpret_cast<unsigned char*>(filler.data()), static_cast<int>(filler.size())) != 1) return false;
    if (!update_cipher(state, filler, out)) return false;
  }
  size_t before = out.size();
  out.resize(before + EVP_MAX_BLOCK_LENGTH);
  int size = 0;
  bool done = EVP_CipherFinal_ex(state.context.get(), reinterpret_cast<unsigned char*>(out.data() + before), &size) == 1;
  out.resize(before + static_cast<size_t>(std::max(size, 0)));
  return done;
}

Term one_time(Context& c, Term type, Term key, const Term* vector, Term data, Term options) {
  CipherState state;
  Bytes bytes;
  if (!start_cipher(c, type, key, vector, options, state)) return Term::none();
  if (!bytes.read(c, data)) return failure(c, "badarg", "Bad data");
  std::string out;
  if (!update_cipher(state, bytes.view(), out) || !finish_cipher(state, out)) return failure(c, "error", "Can't finalize");
  return native::binary_of(c.heap(), out);
}
Term crypto_one_time_4(Context& c, const Term* a) { return one_time(c, a[0], a[1], nullptr, a[2], a[3]); }
Term crypto_one_time_5(Context& c, const Term* a) { return one_time(c, a[0], a[1], &a[2], a[3], a[4]); }

Term init_cipher(Context& c, Term type, Term key, const Term* vector, Term options) {
  CipherState state;
  return start_cipher(c, type, key, vector, options, state) ? hold(c, std::move(state)) : Term::none();
}
Term crypto_init_3(Context& c, const Term* a) { return init_cipher(c, a[0], a[1], nullptr, a[2]); }
Term crypto_init_4(Context& c, const Term* a) { return init_cipher(c, a[0], a[1], &a[2], a[3]); }
Term crypto_update(Context& c, const Term* a) {
  auto holder = held<CipherState>(a[0]);
  Bytes bytes;
  if (!holder || !bytes.read(c, a[1])) return failure(c, "badarg", "Bad ref or data");
  Claim lock(holder->lock, std::try_to_lock);
  if (!lock) return try_later(c, {a[0], a[1]});
  std::string out;
  return update_cipher(holder->value, bytes.view(), out) ? native::binary_of(c.heap(), out) : failure(c, "error", "Can't update");
}
Term crypto_final(Context& c, const Term* a) {
  auto holder = held<CipherState>(a[0]);
  if (!holder) return failure(c, "badarg", "Bad ref");
  Claim lock(holder->lock, std::try_to_lock);
  if (!lock) return try_later(c, {a[0]});
  std::string out;
  return finish_cipher(holder->value, out) ? make_binary(c.heap(), out) : failure(c, "error", "Can't finalize");
}

// Ciphers that authenticate: {text, tag} when encrypting, the text or :error when decrypting. `tag`: its size or the tag itself.
Term one_time_aead(Context& c, Term type, Term key_term, Term vector_term, Term text_term, Term extra_term, Term tag, bool encrypts) {
  Bytes key, vector, text, extra, given;
  if (!key.read(c, key_term)) return failure(c, "badarg", "Bad key");
  if (!vector.read(c, vector_term) || vector.size() == 0) return failure(c, "badarg", "Bad iv type");
  if (!text.read(c, text_term) || text.size() > INT_MAX - 64) return failure(c, "badarg", "text not binary");
  if (!extra.read(c, extra_term) || extra.size() > INT_MAX) return failure(c, "badarg", "non-binary AAD");
  size_t tag_size = 16;
  if (encrypts ? !native::read_index(tag, 16, tag_size) || tag_size == 0 : !given.read(c, tag) || given.size() == 0 || given.size() > 16)
    return failure(c, "badarg", "Bad tag");
  if (!encrypts) tag_size = given.size();
  const EVP_CIPHER* cipher = find_cipher(type, key.size());
  if (!cipher || !(EVP_CIPHER_get_flags(cipher) & EVP_CIPH_FLAG_AEAD_CIPHER)) return failure(c, "badarg", "Unknown or unsupported cipher");
  if (key.size() != static_cast<size_t>(EVP_CIPHER_get_key_length(cipher))) return failure(c, "badarg", "Bad key length");
  bool ccm = EVP_CIPHER_get_mode(cipher) == EVP_CIPH_CCM_MODE;
  CipherContext context(EVP_CIPHER_CTX_new());
  EVP_CIPHER_CTX* at = context.get();
  int size = 0;
  auto tag_bytes = const_cast<unsigned char*>(encrypts ? nullptr : given.data());
  bool ready = EVP_CipherInit_ex(at, cipher, nullptr, nullptr, nullptr, encrypts) == 1 &&
               EVP_CIPHER_CTX_ctrl(at, EVP_CTRL_AEAD_SET_IVLEN, static_cast<int>(vector.size()), nullptr) == 1 &&
               ((encrypts && !ccm) || EVP_CIPHER_CTX_ctrl(at, EVP_CTRL_AEAD_SET_TAG, static_cast<int>(tag_size), tag_bytes) == 1) &&
               EVP_CipherInit_ex(at, nullptr, nullptr, key.data(), vector.data(), encrypts) == 1;
  if (!ready) return failure(c, "badarg", "Bad iv or tag length");
  if (ccm && EVP_CipherUpdate(at, nullptr, &size, nullptr, static_cast<int>(text.size())) != 1) return failure(c, "error", "Can't set text length");
  if (extra.size() && EVP_CipherUpdate(at, nullptr, &size, extra.data(), static_cast<int>(extra.size())) != 1) return failure(c, "error", "Can't set AAD");
  std::string out(text.size() + EVP_MAX_BLOCK_LENGTH, '\0');
  auto to = reinterpret_cast<unsigned char*>(out.data());
  int rest = 0;
  bool done;
  size = 0;
  if (ccm || text.size() == 0) {  // ccm takes all at once
    done = EVP_CipherUpdate(at, to, &size, text.data(), static_cast<int>(text.size())) == 1;
  } else {
    done = native::in_parts(text.size(), 8, [&](size_t from, size_t part) {
      int made = 0;
      if (EVP_CipherUpdate(at, to + size, &made, text.data() + from, static_cast<int>(part)) != 1) return false;
      size += made;
      return true;
    });
  }
  if (done && !(ccm && !encrypts)) done = EVP_CipherFinal_ex(at, to + size, &rest) == 1;
  if (!done) return encrypts ? failure(c, "error", "Can't encrypt") : atoms::error;
  Term result = native::binary_of(c.heap(), std::string_view(out).substr(0, static_cast<size_t>(size + rest)));
  if (!encrypts) return result;
  unsigned char made[16];
  if (EVP_CIPHER_CTX_ctrl(at, EVP_CTRL_AEAD_GET_TAG, static_cast<int>(tag_size), made) != 1) return failure(c, "error", "Can't get tag");
  return make_tuple(c.heap(), {result, make_binary(c.heap(), {reinterpret_cast<char*>(made), tag_size})});
}
Term crypto_one_time_aead_6(Context& c, const Term* a) {
  if (a[5] != atoms::true_) return failure(c, "badarg", "Bad enc flag");
  return one_time_aead(c, a[0], a[1], a[2], a[3], a[4], Term::small(16), true);
}
Term crypto_one_time_aead_7(Context& c, const Term* a) {
  if (a[6] != atoms::true_ && a[6] != atoms::false_) return failure(c, "badarg", "Bad enc flag");
  return one_time_aead(c, a[0], a[1], a[2], a[3], a[4], a[5], a[6] == atoms::true_);
}

// -- keys from passwords

Term pbkdf2_hmac(Context& c, const Term* a) {
  const EVP_MD* digest = find_digest(a[0]);
  Bytes password, salt;
  size_t rounds, size;
  if (!digest || !password.read(c, a[1]) || !salt.read(c, a[2]) || !native::read_index(a[3], INT_MAX, rounds) || rounds == 0 ||
      !native::read_index(a[4], 1 << 26, size) || size == 0)
    return failure(c, "badarg", "Bad argument");
  // The library cannot be left in the middle: who has a budget gets about a second at most.
  constexpr size_t most_rounds = 2'000'000;
  if (c.tree() && rounds * (size / 16 + 1) > most_rounds) return c.system_limit();
  uint8_t* bytes;
  Term key = make_binary_buffer(c.heap(), size, &bytes);
  if (PKCS5_PBKDF2_HMAC(password.view().data(), static_cast<int>(password.size()), salt.data(), static_cast<int>(salt.size()),
                        static_cast<int>(rounds), digest, static_cast<int>(size), bytes) != 1)
    return failure(c, "error", "Can't derive key");
  return key;
}

// -- random numbers

/// Fills the bytes; in a deterministic schedule from its seed.
bool random_bytes(Vm& vm, uint8_t* bytes, size_t size) {
  if (DeterministicScheduling* simulation = simulation_of(vm)) {
    simulation->random_bytes(bytes, size);
    return true;
  }
  return RAND_bytes(bytes, static_cast<int>(size)) == 1;
}

template <bool parts>
Term strong_rand_bytes(Context& c, const Term* a) {
  constexpr size_t large = size_t{1} << 20;
  size_t size;
  if (!native::read_index(a[0], 1 << 30, size)) return c.badarg();
  if (!fits(c, size)) return c.system_limit();
  if (!parts && size > large) return native::go_long(c, "crypto_strong_rand_bytes", {a[0]});
  uint8_t* bytes;
  Term result = make_binary_buffer(c.heap(), size, &bytes);
  if (!native::in_parts(size, 4, [&](size_t at, size_t part) { return random_bytes(c.vm(), bytes + at, part); })) return c.error(intern_atom("low_entropy"));
  if (!parts) c.bump(static_cast<int64_t>(size / bytes_per_reduction));
  return result;
}

/// An integer of [0, count limbs), uniform below `limit` by trying again.
Term random_below(Context& c, const mp_limb_t* limit, size_t count) {
  Word* object = c.heap().allocate(1 + count);
  auto limbs = reinterpret_cast<mp_limb_t*>(object + 1);
  int unused = __builtin_clzll(limit[count - 1]);
  do {
    if (!random_bytes(c.vm(), reinterpret_cast<uint8_t*>(limbs), count * sizeof(mp_limb_t)))
      return c.error(intern_atom("low_entropy"));
    limbs[count - 1] = limbs[count - 1] << unused >> unused;
  } while (mpn_cmp(limbs, limit, static_cast<mp_size_t>(count)) >= 0);
  return finish_integer(c.heap(), object, count, false);
}
/// rand_uniform(n): from 0, below n.
Term rand_uniform_1(Context& c, const Term* a) {
  if (!a[0].is_integer()) return c.badarg();
  Magnitude limit(a[0]);
  if (limit.negative() || limit.count() == 0) return c.badarg();
  return random_below(c, limit.limbs(), limit.count());
}
/// rand_uniform(from, to): below `to`.
Term rand_uniform_2(Context& c, const Term* a) {
  if (!a[0].is_small() || !a[1].is_small() || a[0].small_value() >= a[1].small_value()) return c.badarg();
  auto range = static_cast<mp_limb_t>(a[1].small_value() - a[0].small_value());
  Term value = random_below(c, &range, 1);
  return value.is_none() ? value : make_integer(c.heap(), a[0].small_value() + value.small_value());
}
// The library's generator is seeded by the OS; more entropy is mixed in.
Term rand_seed(Context& c, const Term* a) {
  Bytes seed;
  if (!seed.read(c, a[0]) || seed.size() > INT_MAX) return c.badarg();
  RAND_seed(seed.data(), static_cast<int>(seed.size()));
  return atoms::ok;
}

// -- bytes

Term exor(Context& c, const Term* a) {
  Bytes left, right;
  if (!left.read(c, a[0]) || !right.read(c, a[1]) || left.size() != right.size()) return c.badarg();
  uint8_t* bytes;
  Term result = make_binary_buffer(c.heap(), left.size(), &bytes);
  native::in_parts(left.size(), 32, [&](size_t at, size_t part) {
    for (size_t i = at; i < at + part; i++) bytes[i] = left.data()[i] ^ right.data()[i];
    return true;
  });
  return result;
}
// In a time that does not tell where they differ.
Term hash_equals(Context& c, const Term* a) {
  Bytes left, right;
  if (!left.read(c, a[0]) || !right.read(c, a[1]) || left.size() != right.size()) return c.badarg();
  int differ = 0;
  native::in_parts(left.size(), 16, [&](size_t at, size_t part) {
    differ |= CRYPTO_memcmp(left.data() + at, right.data() + at, part);
    return true;
  });
  return boolean(differ == 0);
}

// -- what there is

template <class Entry, size_t count>
Term names(Context& c, const Entry (&entries)[count]) {
  std::vector<Term> list;
  for (auto& entry : entries) list.push_back(intern_atom(entry.name));
  return make_list(c.heap(), list);
}
Term hash_names(Context& c) { return names(c, digests); }
Term cipher_names(Context& c) { return names(c, ciphers); }
Term mac_names(Context& c) { return make_list(c.heap(), {intern_atom("cmac"), intern_atom("hmac"), intern_atom("poly1305")}); }
Term supports_1(Context& c, const Term* a) {
  std::string_view kind = a[0].is_atom() ? atom_text(a[0]) : "";
  if (kind == "hashs") return hash_names(c);
  if (kind == "ciphers") return cipher_names(c);
  if (kind == "macs") return mac_names(c);
  if (kind == "public_keys" || kind == "curves" || kind == "rsa_opts") return Term::nil();
  return c.badarg();
}
Term supports_0(Context& c, const Term*) {
  auto pair = [&](const char* name, Term list) { return make_tuple(c.heap(), {intern_atom(name), list}); };
  return make_list(c.heap(), {pair("hashs", hash_names(c)), pair("ciphers", cipher_names(c)), pair("public_keys", Term::nil()),
                              pair("macs", mac_names(c)), pair("curves", Term::nil()), pair("rsa_opts", Term::nil())});
}
Term info_lib(Context& c, const Term*) {
  return make_list(c.heap(), {make_tuple(c.heap(), {make_binary(c.heap(), "OpenSSL"), make_integer(c.heap(), OPENSSL_VERSION_NUMBER),
                                                    make_binary(c.heap(), OpenSSL_version(OPENSSL_VERSION))})});
}
Term start(Context&, const Term*) { return atoms::ok; }

constexpr NativeEntry entries[] = {
    {"crypto", "hash", 2, hash, native_measured},
    {"crypto", "hash_xof", 3, hash_xof, native_measured},
    {"crypto", "hash_init", 1, hash_init},
    {"crypto", "hash_update", 2, hash_update, native_measured},
    {"crypto", "hash_final", 1, hash_final},
    {"crypto", "hash_info", 1, hash_info},
    {"crypto", "hash_equals", 2, hash_equals, native_measured},
    {"crypto", "mac", 3, mac_3, native_measured},
    {"crypto", "mac", 4, mac_4, native_measured},
    {"crypto", "macN", 4, mac_n_4, native_measured},
    {"crypto", "macN", 5, mac_n_5, native_measured},
    {"crypto", "mac_init", 2, mac_init_2},
    {"crypto", "mac_init", 3, mac_init_3},
    {"crypto", "mac_update", 2, mac_update, native_measured},
    {"crypto", "mac_final", 1, mac_final},
    {"crypto", "mac_finalN", 2, mac_final_n},
    {"crypto", "crypto_one_time", 4, crypto_one_time_4, native_measured},
    {"crypto", "crypto_one_time", 5, crypto_one_time_5, native_measured},
    {"crypto", "crypto_init", 3, crypto_init_3},
    {"crypto", "crypto_init", 4, crypto_init_4},
    {"crypto", "crypto_update", 2, crypto_update, native_measured},
    {"crypto", "crypto_final", 1, crypto_final},
    {"crypto", "crypto_one_time_aead", 6, crypto_one_time_aead_6, native_measured},
    {"crypto", "crypto_one_time_aead", 7, crypto_one_time_aead_7, native_measured},
    {"crypto", "pbkdf2_hmac", 5, pbkdf2_hmac, native_blocking},
    {"crypto", "strong_rand_bytes", 1, strong_rand_bytes<false>},
    {"phial_long", "crypto_strong_rand_bytes", 1, strong_rand_bytes<true>, native_long},
    {"crypto", "rand_uniform", 1, rand_uniform_1},
    {"crypto", "rand_uniform", 2, rand_uniform_2},
    {"crypto", "rand_seed", 1, rand_seed},
    {"crypto", "exor", 2, exor, native_measured},
    {"crypto", "supports", 0, supports_0},
    {"crypto", "supports", 1, supports_1},
    {"crypto", "info_lib", 0, info_lib},
    {"crypto", "start", 0, start},
    {"crypto", "stop", 0, start},
};

}  // namespace

extern const NativeTable crypto_natives = native::table_of(entries);

}  // namespace phial
