#include <stdio.h>
#include <stdlib.h>
typedef struct Node { struct Node *left, *right; } Node;
static Node* make(int d) {
  Node* n = malloc(sizeof(Node));
  n->left = d ? make(d - 1) : NULL;
  n->right = d ? make(d - 1) : NULL;
  return n;
}
static long check(Node* n) { return n->left ? 1 + check(n->left) + check(n->right) : 1; }
static void drop(Node* n) {
  if (n->left) drop(n->left), drop(n->right);
  free(n);
}
int main(void) {
  Node *lives = make(15), *stretch = make(16);
  long first = check(stretch), most = 0;
  drop(stretch);
  for (int d = 4; d <= 16; d += 4) {
    long sum = 0;
    for (long i = 1L << (20 - d); i; i--) {
      Node* tree = make(d);
      sum += check(tree);
      drop(tree);
    }
    if (sum > most) most = sum;
  }
  printf("%ld %ld %ld\n", first, most, check(lives));
}
