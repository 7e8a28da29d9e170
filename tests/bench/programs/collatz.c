#include <stdio.h>
int main(void) {
  long best = 0, length = 0;
  for (long start = 1; start < 1000000; start++) {
    long n = start, steps = 1;
    for (; n != 1; steps++) n = n & 1 ? 3 * n + 1 : n >> 1;
    if (steps > length) best = start, length = steps;
  }
  printf("%ld %ld\n", best, length);
}
