// OpenSSL's libcrypto, opened when the first of its functions is called: few programs use it, and mapping and relocating its five megabytes would
// be a tenth of the start-up of all others. Include this after OpenSSL's headers; the names below then mean the functions of the opened library.
#pragma once
#include <cstddef>

namespace phial {

/// The address of a function of libcrypto. Ends the program with a message where the library cannot be opened.
void* libcrypto_symbol(const char* name);

template <size_t size>
struct SymbolName {
  char text[size];
  constexpr SymbolName(const char (&name)[size]) {
    for (size_t i = 0; i < size; i++) text[i] = name[i];
  }
};
template <class Function, SymbolName name>
Function libcrypto_function() {
  static const auto function = reinterpret_cast<Function>(libcrypto_symbol(name.text));
  return function;
}

}  // namespace phial

#define PHIAL_LIBCRYPTO(name) (::phial::libcrypto_function<decltype(&::name), #name>())
#undef CRYPTO_memcmp
#define CRYPTO_memcmp PHIAL_LIBCRYPTO(CRYPTO_memcmp)
#undef EVP_CIPHER_CTX_ctrl
#define EVP_CIPHER_CTX_ctrl PHIAL_LIBCRYPTO(EVP_CIPHER_CTX_ctrl)
#undef EVP_CIPHER_CTX_free
#define EVP_CIPHER_CTX_free PHIAL_LIBCRYPTO(EVP_CIPHER_CTX_free)
#undef EVP_CIPHER_CTX_get_block_size
#define EVP_CIPHER_CTX_get_block_size PHIAL_LIBCRYPTO(EVP_CIPHER_CTX_get_block_size)
#undef EVP_CIPHER_CTX_new
#define EVP_CIPHER_CTX_new PHIAL_LIBCRYPTO(EVP_CIPHER_CTX_new)
#undef EVP_CIPHER_CTX_set_padding
#define EVP_CIPHER_CTX_set_padding PHIAL_LIBCRYPTO(EVP_CIPHER_CTX_set_padding)
#undef EVP_CIPHER_get0_name
#define EVP_CIPHER_get0_name PHIAL_LIBCRYPTO(EVP_CIPHER_get0_name)
#undef EVP_CIPHER_get_flags
#define EVP_CIPHER_get_flags PHIAL_LIBCRYPTO(EVP_CIPHER_get_flags)
#undef EVP_CIPHER_get_iv_length
#define EVP_CIPHER_get_iv_length PHIAL_LIBCRYPTO(EVP_CIPHER_get_iv_length)
#undef EVP_CIPHER_get_key_length
#define EVP_CIPHER_get_key_length PHIAL_LIBCRYPTO(EVP_CIPHER_get_key_length)
#undef EVP_CIPHER_get_mode
#define EVP_CIPHER_get_mode PHIAL_LIBCRYPTO(EVP_CIPHER_get_mode)
#undef EVP_CipherFinal_ex
#define EVP_CipherFinal_ex PHIAL_LIBCRYPTO(EVP_CipherFinal_ex)
#undef EVP_CipherInit_ex
#define EVP_CipherInit_ex PHIAL_LIBCRYPTO(EVP_CipherInit_ex)
#undef EVP_CipherUpdate
#define EVP_CipherUpdate PHIAL_LIBCRYPTO(EVP_CipherUpdate)
#undef EVP_DigestFinalXOF
#define EVP_DigestFinalXOF PHIAL_LIBCRYPTO(EVP_DigestFinalXOF)
#undef EVP_DigestFinal_ex
#define EVP_DigestFinal_ex PHIAL_LIBCRYPTO(EVP_DigestFinal_ex)
#undef EVP_DigestInit_ex
#define EVP_DigestInit_ex PHIAL_LIBCRYPTO(EVP_DigestInit_ex)
#undef EVP_DigestUpdate
#define EVP_DigestUpdate PHIAL_LIBCRYPTO(EVP_DigestUpdate)
#undef EVP_MAC_CTX_free
#define EVP_MAC_CTX_free PHIAL_LIBCRYPTO(EVP_MAC_CTX_free)
#undef EVP_MAC_CTX_new
#define EVP_MAC_CTX_new PHIAL_LIBCRYPTO(EVP_MAC_CTX_new)
#undef EVP_MAC_fetch
#define EVP_MAC_fetch PHIAL_LIBCRYPTO(EVP_MAC_fetch)
#undef EVP_MAC_final
#define EVP_MAC_final PHIAL_LIBCRYPTO(EVP_MAC_final)
#undef EVP_MAC_free
#define EVP_MAC_free PHIAL_LIBCRYPTO(EVP_MAC_free)
#undef EVP_MAC_init
#define EVP_MAC_init PHIAL_LIBCRYPTO(EVP_MAC_init)
#undef EVP_MAC_update
#define EVP_MAC_update PHIAL_LIBCRYPTO(EVP_MAC_update)
#undef EVP_MD_CTX_copy_ex
#define EVP_MD_CTX_copy_ex PHIAL_LIBCRYPTO(EVP_MD_CTX_copy_ex)
#undef EVP_MD_CTX_free
#define EVP_MD_CTX_free PHIAL_LIBCRYPTO(EVP_MD_CTX_free)
#undef EVP_MD_CTX_get0_md
#define EVP_MD_CTX_get0_md PHIAL_LIBCRYPTO(EVP_MD_CTX_get0_md)
#undef EVP_MD_CTX_new
#define EVP_MD_CTX_new PHIAL_LIBCRYPTO(EVP_MD_CTX_new)
#undef EVP_MD_get0_name
#define EVP_MD_get0_name PHIAL_LIBCRYPTO(EVP_MD_get0_name)
#undef EVP_MD_get_block_size
#define EVP_MD_get_block_size PHIAL_LIBCRYPTO(EVP_MD_get_block_size)
#undef EVP_MD_get_flags
#define EVP_MD_get_flags PHIAL_LIBCRYPTO(EVP_MD_get_flags)
#undef EVP_MD_get_size
#define EVP_MD_get_size PHIAL_LIBCRYPTO(EVP_MD_get_size)
#undef EVP_MD_get_type
#define EVP_MD_get_type PHIAL_LIBCRYPTO(EVP_MD_get_type)
#undef EVP_get_cipherbyname
#define EVP_get_cipherbyname PHIAL_LIBCRYPTO(EVP_get_cipherbyname)
#undef EVP_get_digestbyname
#define EVP_get_digestbyname PHIAL_LIBCRYPTO(EVP_get_digestbyname)
#undef OSSL_PARAM_construct_end
#define OSSL_PARAM_construct_end PHIAL_LIBCRYPTO(OSSL_PARAM_construct_end)
#undef OSSL_PARAM_construct_utf8_string
#define OSSL_PARAM_construct_utf8_string PHIAL_LIBCRYPTO(OSSL_PARAM_construct_utf8_string)
#undef PKCS5_PBKDF2_HMAC
#define PKCS5_PBKDF2_HMAC PHIAL_LIBCRYPTO(PKCS5_PBKDF2_HMAC)
#undef RAND_bytes
#define RAND_bytes PHIAL_LIBCRYPTO(RAND_bytes)
#undef RAND_seed
#define RAND_seed PHIAL_LIBCRYPTO(RAND_seed)
#undef OpenSSL_version
#define OpenSSL_version PHIAL_LIBCRYPTO(OpenSSL_version)
