#include "vm/term/literal.hpp"

namespace phial {

LiteralRange literal_range;

}  // namespace phial
