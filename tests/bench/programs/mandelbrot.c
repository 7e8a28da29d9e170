#include <stdio.h>
int main(void) {
  long size = 900, count = 0;
  for (long y = 0; y < size; y++)
    for (long x = 0; x < size; x++) {
      double cr = 2.0 * x / size - 1.5, ci = 2.0 * y / size - 1.0, zr = 0, zi = 0;
      int left = 100;
      while (left && zr * zr + zi * zi <= 4.0) {
        double t = zr * zr - zi * zi + cr;
        zi = 2.0 * zr * zi + ci, zr = t, left--;
      }
      count += left == 0;
    }
  printf("%ld\n", count);
}
