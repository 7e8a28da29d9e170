// The same work twice: in one thread, or (with the argument 2) in two. What the machine itself gains by a second processor at the moment.
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

static void* work(void* unused) {
  volatile unsigned long sum = 0;
  for (unsigned long i = 0; i < 300000000; i++) sum += i;
  return unused;
}

int main(int count, char** arguments) {
  pthread_t other;
  if (count > 1 && atoi(arguments[1]) == 2) {
    if (pthread_create(&other, NULL, work, NULL)) return 1;
    work(NULL);
    pthread_join(other, NULL);
  } else {
    work(NULL);
    work(NULL);
  }
  puts("done");
  return 0;
}
