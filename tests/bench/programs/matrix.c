#include <math.h>
#include <stdio.h>
#define N 300
static double a[N][N], b[N][N], c[N][N], d[N][N];
static void multiply(double x[N][N], double y[N][N], double out[N][N]) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      double sum = 0;
      for (int k = 0; k < N; k++) sum += x[i][k] * y[k][j];
      out[i][j] = sum;
    }
}
int main(void) {
  for (int i = 0; i < N; i++)
    for (int j = 0; j < N; j++) {
      a[i][j] = ((i + 1) * 3 + (j + 1) * 7) % 10 / 4.0;
      b[i][j] = ((i + 1) * 11 + (j + 1) * 7) % 10 / 4.0;
    }
  multiply(a, b, c);
  multiply(c, a, d);
  double trace = 0;
  for (int i = 0; i < N; i++) trace += d[i][i];
  printf("%.1f\n", round(trace / 3));
}
