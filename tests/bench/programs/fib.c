#include <stdio.h>
static long fib(long n) { return n < 2 ? n : fib(n - 1) + fib(n - 2); }
int main(void) {
  volatile long n = 38;
  printf("%ld\n", fib(n));
}
