#include <math.h>
#include <stdio.h>
#define N 600
static double cell(long i, long j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }
static void times(const double* v, double* out) {
  static double middle[N];
  for (long i = 0; i < N; i++) {
    middle[i] = 0;
    for (long j = 0; j < N; j++) middle[i] += v[j] * cell(i, j);
  }
  for (long i = 0; i < N; i++) {
    out[i] = 0;
    for (long j = 0; j < N; j++) out[i] += middle[j] * cell(j, i);
  }
}
int main(void) {
  static double u[N], v[N];
  double uv = 0, vv = 0;
  for (int i = 0; i < N; i++) u[i] = 1;
  for (int i = 0; i < 10; i++) times(u, v), times(v, u);
  for (int i = 0; i < N; i++) uv += u[i] * v[i], vv += v[i] * v[i];
  printf("%.9f\n", sqrt(uv / vv));
}
