// One client for a WebSocket server, for TLS in front of it, and for a wsn gateway in front of it, so that what it
// costs itself is as alike as it can be. Everything on 127.0.0.1.
// usage: talk messages plain|tls|wsn PORT KEY BYTES CONNECTIONS OUTSTANDING SECONDS
//        talk channels plain|tls|wsn PORT KEY PROCESSES SECONDS open|shake
//        talk idle     plain|tls|wsn PORT KEY COUNT
// messages: sends messages and waits for them to come back; a line of JSON with counts and round trips.
// channels: connects, shakes hands (and with `open` opens the WebSocket of the backend), and closes, over and over.
// idle: opens COUNT, says ready, and holds them until standard input ends. KEY is hexadecimal, - without wsn.
#define _GNU_SOURCE
#include "noise.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define READ_BYTES (256 * 1024)
#define MAX_TIMES 4000000

enum way { PLAIN, TLS, WSN };

struct connection {
  int socket, wants_out;
  SSL *tls;
  struct direction sending, receiving;
  struct buffer in, out;
  struct buffer plain;  // frames of the channel that are not sealed
  uint8_t *opened;      // those of the last message that are not taken
  size_t opened_bytes;
  size_t message_bytes;
  uint64_t *sent_at; // of those outstanding, oldest first
  int oldest;
};

static enum way way;
static int port, message_size, outstanding;
static uint8_t key[32];
static const uint8_t mask[4] = {0x5a, 0x17, 0xc3, 0x99};
static SSL_CTX *tls_context;
static uint8_t input[READ_BYTES], *payload;
static uint64_t received;
static float *times;
static size_t timed;

static uint64_t nanos(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000000000ull + now.tv_nsec;
}

// More of what the other side sent goes into `in`; 0 at the end, -1 when there is nothing now.
static int more(struct connection *connection) {
  ssize_t count;
  if (connection->tls) {
    count = SSL_read(connection->tls, input, sizeof input);
    if (count <= 0) return SSL_get_error(connection->tls, count) == SSL_ERROR_WANT_READ ? -1 : 0;
  } else {
    count = read(connection->socket, input, sizeof input);
    if (count <= 0) return count < 0 && errno == EAGAIN ? -1 : 0;
  }
  memcpy(reserve(&connection->in, count), input, count);
  connection->in.to += count;
  return 1;
}

// Seals what was sent since the last time, as SSL_write does: as much at once as goes into 16 KiB.
static void seal_batches(struct connection *connection) {
  struct buffer *plain = &connection->plain;
  while (plain->from < plain->to) {
    size_t length = 0;
    while (plain->from + length < plain->to) {
      uint8_t *at = plain->bytes + plain->from + length;
      size_t frame = at[1] == 126 ? 4 + (at[2] << 8 | at[3]) : 2 + at[1];
      if (length > 0 && length + frame > BATCH_BYTES) break;
      length += frame;
    }
    uint8_t *at = begin_frame(&connection->out, 0x82, length + TAG_BYTES, mask);
    memcpy(at, plain->bytes + plain->from, length);
    plain->from += length;
    seal(connection->sending.cipher, connection->sending.count, NULL, 0, at, length);
    count_message(&connection->sending, 1);
    apply_mask(at, length + TAG_BYTES, mask);
  }
}

// Writes what it can; 1 when nothing is left.
static int flush(struct connection *connection) {
  for (;;) {
    if (connection->out.from == connection->out.to) seal_batches(connection);
    if (connection->out.from == connection->out.to) return 1;
    uint8_t *bytes = connection->out.bytes + connection->out.from;
    size_t left = connection->out.to - connection->out.from;
    ssize_t count;
    if (connection->tls) {
      count = SSL_write(connection->tls, bytes, left);
      if (count <= 0) {
        CHECK(SSL_get_error(connection->tls, count) == SSL_ERROR_WANT_WRITE);
        return 0;
      }
    } else {
      count = send(connection->socket, bytes, left, MSG_NOSIGNAL);
      if (count < 0) {
        CHECK(errno == EAGAIN);
        return 0;
      }
    }
    connection->out.from += count;
  }
}

static void send_frame(struct connection *connection, int first, const uint8_t *bytes, size_t length) {
  if (way != WSN) {
    uint8_t *at = begin_frame(&connection->out, first, length, mask);
    memcpy(at, bytes, length);
    apply_mask(at, length, mask);
    return;
  }
  memcpy(begin_frame(&connection->plain, first, length, NULL), bytes, length);
}

static void send_message(struct connection *connection) {
  size_t most = way == WSN ? MAX_PAYLOAD_BYTES : (size_t)message_size;
  for (size_t from = 0; from < (size_t)message_size; from += most) {
    size_t length = message_size - from < most ? message_size - from : most;
    int fin = from + length == (size_t)message_size ? 0x80 : 0;
    send_frame(connection, fin | (from == 0 ? 2 : 0), payload + from, length);
  }
}

// The next frame of the channel, or of the WebSocket without one.
static int next_frame(struct connection *connection, struct frame *frame) {
  if (connection->opened_bytes == 0) {
    if (!take_frame(&connection->in, frame)) return 0;
    if (way != WSN || (frame->first & 8)) return 1;
    CHECK(frame->length > TAG_BYTES);
    frame->length -= TAG_BYTES;
    CHECK(open_sealed(connection->receiving.cipher, connection->receiving.count, NULL, 0, frame->payload, frame->length));
    count_message(&connection->receiving, 0);
    connection->opened = frame->payload;
    connection->opened_bytes = frame->length;
  }
  struct buffer opened = {connection->opened, 0, connection->opened_bytes, 0};
  CHECK(!(opened.to > 1 && (opened.bytes[1] & 0x80)) && take_frame(&opened, frame));
  connection->opened += opened.from;
  connection->opened_bytes -= opened.from;
  return 1;
}

static struct frame await_frame(struct connection *connection, int is_sealed) {
  struct frame frame;
  for (;;) {
    if (is_sealed ? next_frame(connection, &frame) : take_frame(&connection->in, &frame)) return frame;
    CHECK(more(connection) == 1);
  }
}

static void upgrade(struct connection *connection, const char *protocol) {
  connection->out.to += sprintf((char *)reserve(&connection->out, 512),
    "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n%s\r\n", protocol);
  CHECK(flush(connection));
  while (head_bytes(&connection->in) == 0) CHECK(more(connection) == 1);
  CHECK(memcmp(connection->in.bytes + connection->in.from, "HTTP/1.1 101", 12) == 0);
  connection->in.from += head_bytes(&connection->in);
}

// Blocking; with `shake` only as far as the other side has proved its key.
static void dial(struct connection *connection, int only_shakes) {
  struct sockaddr_in server = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr = {htonl(INADDR_LOOPBACK)}};
  int one = 1;
  connection->socket = socket(AF_INET, SOCK_STREAM, 0);
  setsockopt(connection->socket, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  CHECK(connect(connection->socket, (struct sockaddr *)&server, sizeof server) == 0);
  if (way == TLS) {
    connection->tls = SSL_new(tls_context);
    SSL_set_fd(connection->tls, connection->socket);
    CHECK(SSL_connect(connection->tls) == 1 && !SSL_session_reused(connection->tls));
  }
  if (way != WSN) {
    if (!only_shakes) upgrade(connection, "");
    return;
  }
  struct noise noise;
  uint8_t message[HELLO_BYTES];
  upgrade(connection, "Sec-WebSocket-Protocol: wsn.v1\r\n");
  hello(&noise, key, message);
  uint8_t *at = begin_frame(&connection->out, 0x82, HELLO_BYTES, mask);
  memcpy(at, message, HELLO_BYTES);
  apply_mask(at, HELLO_BYTES, mask);
  CHECK(flush(connection));
  struct frame answer = await_frame(connection, 0);
  CHECK(answer.first == 0x82 && answer.length == ANSWER_BYTES);
  finish(&noise, answer.payload, &connection->sending, &connection->receiving);
  if (only_shakes) return;
  send_frame(connection, 0x83, (uint8_t *)"{\"path\":\"/\"}", 12);
  CHECK(flush(connection));
  struct frame head = await_frame(connection, 1);
  CHECK(head.first == 0x83 && memmem(head.payload, head.length, "101", 3));
}

static void hang_up(struct connection *connection) {
  if (connection->tls) SSL_free(connection->tls);
  close(connection->socket);
  if (connection->sending.cipher) {
    EVP_CIPHER_CTX_free(connection->sending.cipher);
    EVP_CIPHER_CTX_free(connection->receiving.cipher);
  }
  free(connection->in.bytes);
  free(connection->out.bytes);
  free(connection->plain.bytes);
  memset(connection, 0, sizeof *connection);
}

static void take_messages(struct connection *connection) {
  struct frame frame;
  int state;
  while ((state = more(connection)) == 1) {
    while (next_frame(connection, &frame)) {
      if ((frame.first & 0x0f) > 2) continue; // a ping of the carrier
      connection->message_bytes += frame.length;
      if (!(frame.first & 0x80)) continue;
      CHECK(connection->message_bytes == (size_t)message_size);
      connection->message_bytes = 0;
      uint64_t now = nanos();
      if (timed < MAX_TIMES) times[timed++] = (now - connection->sent_at[connection->oldest]) / 1000.0f;
      connection->sent_at[connection->oldest] = now;
      connection->oldest = (connection->oldest + 1) % outstanding;
      received++;
      send_message(connection);
    }
  }
  CHECK(state == -1);
}

static int by_value(const void *one, const void *other) {
  float difference = *(const float *)one - *(const float *)other;
  return difference < 0 ? -1 : difference > 0;
}

static void messages(int connections, double seconds) {
  int epoll = epoll_create1(0);
  struct connection *all = calloc(connections, sizeof *all);
  struct epoll_event events[256];
  payload = malloc(message_size);
  times = malloc(MAX_TIMES * sizeof *times);
  RAND_bytes(payload, message_size);
  for (int i = 0; i < connections; i++) {
    dial(&all[i], 0);
    fcntl(all[i].socket, F_SETFL, O_NONBLOCK);
    all[i].sent_at = calloc(outstanding, sizeof *all[i].sent_at);
    struct epoll_event event = {EPOLLIN, {.ptr = &all[i]}};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, all[i].socket, &event) == 0);
  }
  uint64_t start = nanos(), end = start + seconds * 1e9;
  for (int i = 0; i < connections; i++) {
    for (int j = 0; j < outstanding; j++) {
      all[i].sent_at[j] = nanos();
      send_message(&all[i]);
    }
    all[i].wants_out = -1;
    struct epoll_event event = {EPOLLIN | EPOLLOUT, {.ptr = &all[i]}};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_MOD, all[i].socket, &event) == 0);
  }
  while (nanos() < end) {
    int ready = epoll_wait(epoll, events, 256, 100);
    for (int i = 0; i < ready; i++) {
      struct connection *connection = events[i].data.ptr;
      if (events[i].events & ~EPOLLOUT) take_messages(connection);
      int wants_out = !flush(connection);
      if (wants_out == connection->wants_out) continue;
      connection->wants_out = wants_out;
      struct epoll_event event = {EPOLLIN | (wants_out ? EPOLLOUT : 0), {.ptr = connection}};
      CHECK(epoll_ctl(epoll, EPOLL_CTL_MOD, connection->socket, &event) == 0);
    }
  }
  double took = (nanos() - start) / 1e9;
  qsort(times, timed, sizeof *times, by_value);
  printf("{\"messages\":%llu,\"per_s\":%.0f,\"mb_per_s\":%.1f,\"p50_us\":%.1f,\"p99_us\":%.1f}\n", (unsigned long long)received,
    received / took, received / took * message_size / 1e6, timed ? times[timed / 2] : 0, timed ? times[timed * 99 / 100] : 0);
}

static void channels(int processes, double seconds, int only_shakes) {
  uint64_t *counts = mmap(NULL, processes * sizeof *counts, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
  uint64_t start = nanos(), end = start + seconds * 1e9, total = 0;
  for (int i = 0; i < processes; i++) {
    if (fork() != 0) continue;
    struct connection connection = {0};
    while (nanos() < end) {
      dial(&connection, only_shakes);
      hang_up(&connection);
      counts[i]++;
    }
    _exit(0);
  }
  int status;
  while (wait(&status) > 0) CHECK(status == 0);
  double took = (nanos() - start) / 1e9;
  for (int i = 0; i < processes; i++) total += counts[i];
  printf("{\"channels\":%llu,\"per_s\":%.0f}\n", (unsigned long long)total, total / took);
}

static void idle(int count) {
  struct rlimit files;
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  struct connection *all = calloc(count, sizeof *all);
  for (int i = 0; i < count; i++) dial(&all[i], 0);
  printf("ready\n");
  fflush(stdout);
  while (getchar() != EOF) {}
}

int main(int count, char **arguments) {
  CHECK(count >= 6);
  signal(SIGPIPE, SIG_IGN);
  const char *work = arguments[1];
  way = strcmp(arguments[2], "wsn") == 0 ? WSN : strcmp(arguments[2], "tls") == 0 ? TLS : PLAIN;
  port = atoi(arguments[3]);
  curve = secp256k1_context_create(SECP256K1_CONTEXT_SIGN);
  for (int i = 0; way == WSN && i < 32; i++) CHECK(sscanf(arguments[4] + 2 * i, "%2hhx", &key[i]) == 1);
  tls_context = SSL_CTX_new(TLS_client_method());
  SSL_CTX_set_min_proto_version(tls_context, TLS1_3_VERSION);
  SSL_CTX_set_session_cache_mode(tls_context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_mode(tls_context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (strcmp(work, "messages") == 0) {
    CHECK(count == 9);
    message_size = atoi(arguments[5]);
    outstanding = atoi(arguments[7]);
    messages(atoi(arguments[6]), atof(arguments[8]));
  } else if (strcmp(work, "channels") == 0) {
    CHECK(count == 8);
    channels(atoi(arguments[5]), atof(arguments[6]), strcmp(arguments[7], "shake") == 0);
  } else {
    CHECK(strcmp(work, "idle") == 0);
    idle(atoi(arguments[5]));
  }
  return 0;
}
