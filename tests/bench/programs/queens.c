#include <stdio.h>
static int placed[11];
static int safe(int row, int column) {
  for (int i = row - 1; i >= 0; i--)
    if (placed[i] == column || placed[i] == column + row - i || placed[i] == column - row + i) return 0;
  return 1;
}
static long place(int row) {
  if (row == 11) return 1;
  long count = 0;
  for (int column = 0; column < 11; column++)
    if (safe(row, column)) placed[row] = column, count += place(row + 1);
  return count;
}
int main(void) { printf("%ld\n", place(0)); }
