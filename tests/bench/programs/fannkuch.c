#include <stdio.h>
#include <string.h>
#define N 9
int main(void) {
  int p[N], q[N], counts[N] = {0}, most = 0, sum = 0;
  for (int i = 0; i < N; i++) p[i] = i;
  for (int index = 0;; index++) {
    memcpy(q, p, sizeof p);
    int flips = 0;
    for (int first; (first = q[0]); flips++)
      for (int i = 0, j = first; i < j; i++, j--) {
        int t = q[i];
        q[i] = q[j], q[j] = t;
      }
    sum += index % 2 ? -flips : flips;
    if (flips > most) most = flips;
    int r = 1;
    for (; r < N; r++) {
      int first = p[0];
      for (int i = 0; i < r; i++) p[i] = p[i + 1];
      p[r] = first;
      if (++counts[r] <= r) break;
      counts[r] = 0;
    }
    if (r == N) break;
  }
  printf("%d %d\n", sum, most);
}
