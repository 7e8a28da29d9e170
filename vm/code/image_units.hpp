// Units of the library's image that several VMs of the program load: read once, with their literals where those of all VMs stand.
//
// What a VM changes of a unit when it loads it (addresses of its own exports and functions, caches of instructions) is in its copy of the code; the rest is the
// same for all. So the first VM that loads a module reads it for itself, as most programs have one VM; when a second one asks for it, the unit is
// read once more, is kept for good, and serves it and all that follow. Creating a VM and evaluating 1 + 1 in it takes 0.33 ms instead of 1.16, and 300 KB instead of 375.
//
// Any thread. Bytes of the image are known by their address: they never go away.
#pragma once
#include <cstdint>
#include <string_view>

#include "vm/code/code_unit.hpp"

namespace phial {

struct ImageUnit {
  CodeUnit unit;
  uint8_t digest[16];
};
/// The kept unit of these bytes; null: it is asked for for the first time, or the bytes are damaged. Lives as long as the program.
const ImageUnit* image_unit(std::string_view bytes);
/// The same without asking: only if it is kept already.
const ImageUnit* kept_image_unit(std::string_view bytes);

}  // namespace phial
