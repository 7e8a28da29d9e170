// Arithmetic of the language on integers of any size and floats.
// Results are none() where the operands are no numbers or the result does not exist (division by zero, float overflow).
#pragma once
#include <optional>
#include <string>
#include <string_view>

#include "vm/term/build.hpp"

namespace phial {

/// The integer operations; both operands must be integers. none() past the largest bignum.
Term integer_add(TermHeap& heap, Term a, Term b);
Term integer_subtract(TermHeap& heap, Term a, Term b);
Term integer_multiply(TermHeap& heap, Term a, Term b);

Term number_add(TermHeap& heap, Term a, Term b);
Term number_subtract(TermHeap& heap, Term a, Term b);
Term number_multiply(TermHeap& heap, Term a, Term b);
Term number_divide(TermHeap& heap, Term a, Term b);   // `/`: always a float
Term integer_quotient(TermHeap& heap, Term a, Term b);   // div, truncated
Term integer_remainder(TermHeap& heap, Term a, Term b);  // rem, sign of a
Term number_negate(TermHeap& heap, Term a);
Term number_absolute(TermHeap& heap, Term a);
Term integer_and(TermHeap& heap, Term a, Term b);
Term integer_or(TermHeap& heap, Term a, Term b);
Term integer_xor(TermHeap& heap, Term a, Term b);
Term integer_not(TermHeap& heap, Term a);
/// a shifted left by b bits (right where b is negative); none() also when the result would exceed the largest bignum.
Term integer_shift_left(TermHeap& heap, Term a, Term b);
Term integer_shift_right(TermHeap& heap, Term a, Term b);

/// Rounds a float (or integer) to an integer; how: 't'runcate, 'r'ound half away from zero, 'f'loor, 'c'eil.
Term float_to_integer(TermHeap& heap, Term number, char how);
/// The number as a double; nothing if it is an integer beyond a double's range.
std::optional<double> number_to_double(Term number);
/// Compares two numbers by value, exactly (also a float with a bignum).
int compare_numbers(Term a, Term b);

/// Text of an integer in base 2..36, upper-case digits.
std::string integer_to_text(Term integer, int base = 10);
/// The integer, or none() where the text is none. Accepts a sign; digits in base 2..36.
Term integer_from_text(TermHeap& heap, std::string_view digits, int base = 10);
/// Shortest text that reads back as the same double, as Erlang prints it: 1.0, 1.0e10, 1.5e-7.
std::string float_to_text(double value);
/// Decimal float text with fraction (`1.0`, `1.5e3`); nothing where it is none or overflows.
std::optional<double> float_from_text(std::string_view text);

/// Access to limbs for binaries and the external term format: magnitude bytes.
Term integer_from_bytes(TermHeap& heap, const uint8_t* bytes, size_t count, bool big_endian, bool is_signed);
/// Writes the low `count` bytes of the two's complement of an integer.
void integer_to_bytes(Term integer, uint8_t* bytes, size_t count, bool big_endian);
/// Number of bits of the magnitude.
size_t integer_bit_length(Term integer);

}  // namespace phial
