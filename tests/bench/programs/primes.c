#include <stdio.h>
static int prime(long n) {
  for (long d = 3; d * d <= n; d += 2)
    if (n % d == 0) return 0;
  return 1;
}
int main(void) {
  long found = 1;
  for (long n = 3; n <= 500000; n += 2) found += prime(n);
  printf("%ld\n", found);
}
