// The floor: answers every datagram with LENGTH bytes, up to 32 of them with one system call each way.
// usage: echo PORT LENGTH
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#define BATCH 32
#define MAX_BYTES 2048

int main(int count, char **arguments) {
  if (count != 3) {
    fprintf(stderr, "usage: echo PORT LENGTH\n");
    return 2;
  }
  int reply_bytes = atoi(arguments[2]);
  int udp = socket(AF_INET, SOCK_DGRAM, 0);
  int buffer_bytes = 1 << 21;
  setsockopt(udp, SOL_SOCKET, SO_RCVBUF, &buffer_bytes, sizeof buffer_bytes);
  setsockopt(udp, SOL_SOCKET, SO_SNDBUF, &buffer_bytes, sizeof buffer_bytes);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1]))};
  own.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (reply_bytes > MAX_BYTES || bind(udp, (struct sockaddr *)&own, sizeof own)) {
    perror("echo");
    return 1;
  }
  static unsigned char bytes[BATCH][MAX_BYTES];
  struct sockaddr_in peers[BATCH];
  struct iovec parts[BATCH];
  struct mmsghdr messages[BATCH];
  memset(messages, 0, sizeof messages);
  for (;;) {
    for (int i = 0; i < BATCH; i++) {
      parts[i] = (struct iovec){bytes[i], MAX_BYTES};
      messages[i].msg_hdr = (struct msghdr){
          .msg_name = &peers[i], .msg_namelen = sizeof peers[i], .msg_iov = &parts[i], .msg_iovlen = 1};
    }
    int received = recvmmsg(udp, messages, BATCH, MSG_WAITFORONE, NULL);
    for (int i = 0; i < received; i++) {
      parts[i].iov_len = reply_bytes;
    }
    for (int sent = 0; sent < received;) {
      int now = sendmmsg(udp, messages + sent, received - sent, 0);
      sent += now > 0 ? now : 1;
    }
  }
}
