// The backend of the channel benchmarks: a WebSocket server on 127.0.0.1 that sends every frame back.
// usage: mirror PORT
#define _GNU_SOURCE
#include "websocket.h"
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
#define FULL_BYTES (1024 * 1024)

struct connection {
  int socket, is_open, wants_out;
  struct buffer in, out;
};

static int epoll;
static uint8_t input[READ_BYTES];

static void end(struct connection *connection) {
  close(connection->socket);
  free(connection->in.bytes);
  free(connection->out.bytes);
  free(connection);
}

static int upgrade(struct connection *connection) {
  size_t head = head_bytes(&connection->in);
  char key[64], accept[29];
  if (head == 0) return 0;
  CHECK(field((char *)connection->in.bytes + connection->in.from, head, "Sec-WebSocket-Key", key, sizeof key));
  accept_of(key, accept);
  connection->in.from += head;
  char *at = (char *)reserve(&connection->out, 256);
  connection->out.to += sprintf(at,
    "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %s\r\n\r\n", accept);
  connection->is_open = 1;
  return 1;
}

static int serve(struct connection *connection) {
  while (connection->out.to - connection->out.from < FULL_BYTES) {
    ssize_t count = recv(connection->socket, input, sizeof input, MSG_DONTWAIT);
    if (count == 0 || (count < 0 && errno != EAGAIN)) return 0;
    if (count < 0) break;
    memcpy(reserve(&connection->in, count), input, count);
    connection->in.to += count;
    struct frame frame;
    while ((connection->is_open || upgrade(connection)) && take_frame(&connection->in, &frame)) {
      memcpy(begin_frame(&connection->out, frame.first, frame.length, NULL), frame.payload, frame.length);
    }
    if (count < (ssize_t)sizeof input) break;
  }
  if (connection->out.to > connection->out.from) {
    ssize_t sent = send(connection->socket, connection->out.bytes + connection->out.from,
      connection->out.to - connection->out.from, MSG_DONTWAIT | MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN) return 0;
    connection->out.from += sent > 0 ? sent : 0;
  }
  int wants_out = connection->out.to > connection->out.from;
  if (wants_out != connection->wants_out) {
    struct epoll_event event = {EPOLLIN | (wants_out ? EPOLLOUT : 0), {.ptr = connection}};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_MOD, connection->socket, &event) == 0);
    connection->wants_out = wants_out;
  }
  release(&connection->in);
  release(&connection->out);
  return 1;
}

int main(int count, char **arguments) {
  CHECK(count == 2);
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  int listener = socket(AF_INET, SOCK_STREAM, 0), one = 1;
  setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in own = {.sin_family = AF_INET, .sin_port = htons(atoi(arguments[1])), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  CHECK(bind(listener, (struct sockaddr *)&own, sizeof own) == 0 && listen(listener, 1024) == 0);
  epoll = epoll_create1(0);
  struct epoll_event event = {EPOLLIN, {.ptr = NULL}}, events[256];
  CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, listener, &event) == 0);
  for (;;) {
    int ready = epoll_wait(epoll, events, 256, -1);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (connection) {
        if (!serve(connection)) end(connection);
        continue;
      }
      connection = calloc(1, sizeof *connection);
      connection->socket = accept4(listener, NULL, NULL, SOCK_NONBLOCK);
      if (connection->socket < 0) {
        free(connection);
        continue;
      }
      setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
      struct epoll_event added = {EPOLLIN, {.ptr = connection}};
      CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, connection->socket, &added) == 0);
    }
  }
}
