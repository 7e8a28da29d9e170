#include <openssl/opensslv.h>

#include <dlfcn.h>

#include <cstdio>
#include <cstdlib>

#include <openssl/evp.h>

#include "vm/native/libcrypto.hpp"

#define PHIAL_TEXT_OF(x) #x
#define PHIAL_TEXT(x) PHIAL_TEXT_OF(x)

namespace phial {

void* libcrypto_symbol(const char* name) {
  constexpr const char* file = "libcrypto.so." PHIAL_TEXT(OPENSSL_SHLIB_VERSION);
  static void* const library = dlopen(file, RTLD_NOW | RTLD_LOCAL);
  void* symbol = library ? dlsym(library, name) : nullptr;
  if (symbol) return symbol;
  std::fprintf(stderr, "phial: :crypto needs %s of OpenSSL: %s\n", file, dlerror());
  std::abort();
}

}  // namespace phial
