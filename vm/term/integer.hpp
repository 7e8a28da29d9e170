// Integers of any size as sign and magnitude, for the arithmetic files of this folder.
#pragma once
#include <gmp.h>

#include "vm/term/build.hpp"

namespace phial {

/// Read access to an integer term; a small one's limb is kept here, so the object must outlive its use.
class Magnitude {
 public:
  explicit Magnitude(Term integer) {
    if (integer.is_small()) {
      int64_t value = integer.small_value();
      negative_ = value < 0;
      own_ = value < 0 ? 0 - static_cast<mp_limb_t>(value) : static_cast<mp_limb_t>(value);
      limbs_ = &own_;
      count_ = value != 0;
    } else {
      negative_ = integer.kind() == Kind::bignum_negative;
      limbs_ = reinterpret_cast<const mp_limb_t*>(integer.payload());
      count_ = integer.size();
    }
  }
  Magnitude(const Magnitude&) = delete;
  const mp_limb_t* limbs() const { return limbs_; }
  size_t count() const { return count_; }  // no leading zero limbs; 0 for zero
  bool negative() const { return negative_; }

 private:
  const mp_limb_t* limbs_;
  size_t count_;
  bool negative_;
  mp_limb_t own_ = 0;
};

/// Most limbs of an integer: 4,194,304 bits, past which operations raise system_limit, as OTP does.
inline constexpr size_t max_bignum_limbs = 65536;

/// The integer whose magnitude stands in object[1..count]; trims it, gives memory back, turns it into a small where it fits.
Term finish_integer(TermHeap& heap, Word* object, size_t count, bool negative);

}  // namespace phial
