#include <stdio.h>
#include <stdlib.h>
static long tak(long x, long y, long z) {
  return y < x ? tak(tak(x - 1, y, z), tak(y - 1, z, x), tak(z - 1, x, y)) : z;
}
int main(void) {
  long last = 0;
  for (volatile int left = 60; left; left--) last = tak(24, 16, 8);
  printf("%ld\n", last);
}
