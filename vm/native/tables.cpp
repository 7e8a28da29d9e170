#include "vm/native/native.hpp"

namespace phial {

extern const NativeTable code_natives, observer_natives, sim_natives, process_natives, signal_natives, system_natives, trace_natives, watch_natives;
extern const NativeTable budget_natives, ets_natives, atomics_natives, persistent_term_natives;
extern const NativeTable prim_file_natives, re_natives, port_natives, inet_natives, crypto_natives, zlib_natives;
extern const NativeTable base_codec_natives, binary_natives, erlang_binaries_natives, erlang_terms_natives, erlang_text_natives, lists_natives, maps_natives,
    math_natives, os_natives, terminal_natives, unicode_natives;

std::span<const NativeTable> native_tables() {
  static const NativeTable tables[] = {budget_natives, sim_natives, observer_natives, trace_natives, watch_natives, zlib_natives, crypto_natives, port_natives, inet_natives, prim_file_natives, re_natives, ets_natives, atomics_natives, persistent_term_natives, code_natives, process_natives, signal_natives, system_natives, base_codec_natives, binary_natives, erlang_binaries_natives, erlang_terms_natives, erlang_text_natives, lists_natives,
                                       maps_natives,   math_natives,            os_natives,           terminal_natives,      unicode_natives};
  return tables;
}

}  // namespace phial
