// Sends the datagrams of a file, each once, and counts what comes back. Loopback only, stops by itself.
// usage: generate TO_PORT FROM_PORT LENGTH WINDOW SECONDS FILE [RATE]
//   FILE is a sequence of datagrams of LENGTH bytes. WINDOW requests are kept outstanding; 0 floods
//   without waiting for replies and begins the file again at its end. With RATE at most so many go out in a second.
// Prints one line of JSON.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

#define BATCH 32
#define LOST_AFTER 0.25

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int count, char **arguments) {
  if (count != 7 && count != 8) {
    fprintf(stderr, "usage: generate TO_PORT FROM_PORT LENGTH WINDOW SECONDS FILE [RATE]\n");
    return 2;
  }
  size_t length = atoi(arguments[3]);
  int window = atoi(arguments[4]);
  double seconds = atof(arguments[5]);
  double rate = count == 8 ? atof(arguments[7]) : 0;
  int file = open(arguments[6], O_RDONLY);
  struct stat about;
  if (file < 0 || fstat(file, &about)) {
    perror(arguments[6]);
    return 1;
  }
  char *datagrams = mmap(NULL, about.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, file, 0);
  long available = about.st_size / length;
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  int buffer_bytes = 1 << 22;
  setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[2]))};
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  struct sockaddr_in peer = own;
  peer.sin_port = htons(atoi(arguments[1]));
  if (bind(udp, (struct sockaddr *)&own, sizeof own) || connect(udp, (struct sockaddr *)&peer, sizeof peer)) {
    perror("generate");
    return 1;
  }
  static unsigned char replies[BATCH][2048];
  struct iovec out[BATCH], in[BATCH];
  struct mmsghdr outgoing[BATCH], incoming[BATCH];
  memset(outgoing, 0, sizeof outgoing);
  memset(incoming, 0, sizeof incoming);
  for (int i = 0; i < BATCH; i++) {
    outgoing[i].msg_hdr.msg_iov = &out[i];
    outgoing[i].msg_hdr.msg_iovlen = 1;
    in[i] = (struct iovec){replies[i], sizeof replies[i]};
    incoming[i].msg_hdr.msg_iov = &in[i];
    incoming[i].msg_hdr.msg_iovlen = 1;
  }
  long sent = 0, received = 0, lost = 0, bytes = 0, outstanding = 0;
  long measured_from = 0;
  double start = now(), last = start, measuring = 0;
  for (double t = start; t < start + seconds && (window == 0 || sent < available); t = now()) {
    if (measuring == 0 && t > start + 0.3 * seconds) {
      measuring = t;
      measured_from = received;
    }
    while (window == 0 || outstanding < window) {
      long batch = window == 0 || window - outstanding > BATCH ? BATCH : window - outstanding;
      if (window != 0 && batch > available - sent) batch = available - sent;
      if (rate > 0 && batch > (now() - start) * rate - sent) batch = (now() - start) * rate - sent;
      for (int i = 0; i < batch; i++) {
        out[i] = (struct iovec){datagrams + (sent + i) % available * length, length};
      }
      int went = batch > 0 ? sendmmsg(udp, outgoing, batch, 0) : 0;
      if (went <= 0) break;
      sent += went;
      outstanding += went;
      if (window == 0) break;
    }
    int got = recvmmsg(udp, incoming, BATCH, MSG_DONTWAIT, NULL);
    if (got > 0) {
      for (int i = 0; i < got; i++) bytes += incoming[i].msg_len;
      received += got;
      outstanding = outstanding > got ? outstanding - got : 0;
      last = now();
    } else if (window != 0) {
      struct pollfd ready = {udp, POLLIN, 0};
      poll(&ready, 1, 1);
      if (now() - last > LOST_AFTER) {
        lost += outstanding;
        outstanding = 0;
        last = now();
      }
    }
  }
  double elapsed = now() - (measuring == 0 ? start : measuring);
  printf("{\"per_s\":%.0f,\"sent\":%ld,\"sent_per_s\":%.0f,\"received\":%ld,\"lost\":%ld,\"request_bytes\":%zu,\"reply_bytes\":%.0f}\n",
         (received - measured_from) / elapsed, sent, sent / (now() - start), received, lost, length,
         received ? (double)bytes / received : 0);
  return 0;
}
