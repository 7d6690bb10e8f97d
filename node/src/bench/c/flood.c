// Floods a node from one address, from 64 ports of it, with requests that have the form of real ones: an existing key,
// a nonce of their own, and a box that does not open. Nothing is read. Meant for a network namespace of its own.
// usage: flood TO_IP TO_PORT FROM_IP PER_SECOND SECONDS
// Prints one line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/udp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif
#define PORTS 64
#define LENGTH 103
#define BATCH 64
#define NONCE_AT 33

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  if (count != 6) {
    fprintf(stderr, "usage: flood TO_IP TO_PORT FROM_IP PER_SECOND SECONDS\n");
    return 2;
  }
  double per_second = atof(arguments[4]), seconds = atof(arguments[5]);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
  struct sockaddr_in from = {.sin_family = AF_INET};
  inet_pton(AF_INET, arguments[1], &to.sin_addr);
  inet_pton(AF_INET, arguments[3], &from.sin_addr);
  int sockets[PORTS], segment = LENGTH;
  for (int i = 0; i < PORTS; i++) {
    sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    if (bind(sockets[i], (struct sockaddr *)&from, sizeof from) ||
        connect(sockets[i], (struct sockaddr *)&to, sizeof to) ||
        setsockopt(sockets[i], IPPROTO_UDP, UDP_SEGMENT, &segment, sizeof segment)) {
      perror("flood");
      return 1;
    }
  }
  // The x coordinate of the generator of secp256k1: a key, and not a secret one.
  static const char key[] = "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798";
  static unsigned char datagrams[BATCH * LENGTH];
  for (int i = 0; i < BATCH; i++) {
    datagrams[i * LENGTH] = 0x10;
    for (int j = 0; j < 32; j++) sscanf(key + 2 * j, "%2hhx", datagrams + i * LENGTH + 1 + j);
  }
  uint64_t nonce = 0;
  long sent = 0;
  double start = now(), t = start;
  for (int i = 0; t < start + seconds; i++, t = now()) {
    if (sent > (t - start) * per_second) {
      struct timespec pause = {0, 50000};
      nanosleep(&pause, NULL);
      continue;
    }
    for (int j = 0; j < BATCH; j++, nonce++) memcpy(datagrams + j * LENGTH + NONCE_AT, &nonce, sizeof nonce);
    if (send(sockets[i % PORTS], datagrams, sizeof datagrams, 0) > 0) sent += BATCH;
  }
  printf("{\"flood_per_s\":%.0f}\n", sent / (now() - start));
  return 0;
}
