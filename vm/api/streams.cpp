// Standard input and the Logger's messages of a VM whose host takes care of them: functions that stand in place of those of the operating system.
#include "vm/api/internal.hpp"
#include "vm/native/native.hpp"
#include "vm/term/binary.hpp"

using namespace phial;
using namespace phial::api;

namespace {

/// read(fd, max): bytes, or :eof. The only descriptor that the language reads this way is 0.
Term read_input(Context& c, const Term* a) {
  size_t max;
  if (!native::read_index(a[1], size_t{1} << 30, max)) return c.badarg();
  const phial_config& config = vm_of(c)->config;
  std::string buffer(max, '\0');
  size_t got = config.input(config.user, buffer.data(), buffer.size());
  if (got == 0) return intern_atom("eof");
  return make_binary(c.heap(), std::string_view(buffer).substr(0, got));
}
Term is_terminal(Context&, const Term*) { return atoms::false_; }

/// write(level, message, metadata)
Term write_log(Context& c, const Term* a) {
  std::string message;
  if (!a[0].is_atom() || !native::append_iodata(a[1], message) || !a[2].is_map()) return c.badarg();
  const phial_config& config = vm_of(c)->config;
  std::string level(atom_text(a[0]));
  config.log(config.user, level.c_str(), message.data(), message.size(), out(a[2]));
  return atoms::ok;
}

constexpr NativeEntry input_entries[] = {
    {"phial_io", "read", 2, read_input, native_blocking},
    {"phial_io", "terminal?", 1, is_terminal},
};
constexpr NativeEntry log_entries[] = {{"phial_host_log_sink", "write", 3, write_log}};

}  // namespace

namespace phial::api {

const NativeTable host_input_natives = native::table_of(input_entries);
const NativeTable host_log_natives = native::table_of(log_entries);

}  // namespace phial::api
