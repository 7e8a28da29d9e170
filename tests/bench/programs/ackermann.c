#include <stdio.h>
static long ack(long m, long n) {
  if (m == 0) return n + 1;
  if (n == 0) return ack(m - 1, 1);
  return ack(m - 1, ack(m, n - 1));
}
int main(void) {
  volatile long m = 3;
  long sum = 0;
  for (int i = 0; i < 2; i++) sum += ack(m, 11);
  printf("%ld\n", sum);
}
