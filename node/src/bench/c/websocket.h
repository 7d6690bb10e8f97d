// What the echo server and the client of the channel benchmarks share: buffers that grow, and RFC 6455 frames.
#pragma once
#include <openssl/evp.h>
#include <openssl/sha.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define CHECK(condition) \
  do { \
    if (!(condition)) { \
      fprintf(stderr, "%s:%d: %s\n", __FILE__, __LINE__, #condition); \
      exit(1); \
    } \
  } while (0)

// Bytes from `from` to `to` are held.
struct buffer {
  uint8_t *bytes;
  size_t from, to, size;
};

// Room for that many more bytes at the end.
static inline uint8_t *reserve(struct buffer *buffer, size_t more) {
  if (buffer->from == buffer->to) buffer->from = buffer->to = 0;
  if (buffer->to + more > buffer->size && buffer->from > 0) {
    memmove(buffer->bytes, buffer->bytes + buffer->from, buffer->to - buffer->from);
    buffer->to -= buffer->from;
    buffer->from = 0;
  }
  if (buffer->to + more > buffer->size) {
    buffer->size = 2 * (buffer->to + more);
    buffer->bytes = realloc(buffer->bytes, buffer->size);
    CHECK(buffer->bytes);
  }
  return buffer->bytes + buffer->to;
}

// An idle connection keeps nothing.
static inline void release(struct buffer *buffer) {
  if (buffer->from == buffer->to) {
    free(buffer->bytes);
    memset(buffer, 0, sizeof *buffer);
  }
}

struct frame {
  int first; // FIN and opcode
  uint8_t *payload;
  size_t length;
};

static inline void apply_mask(uint8_t *bytes, size_t length, const uint8_t mask[4]) {
  uint64_t wide;
  memcpy(&wide, mask, 4);
  memcpy((uint8_t *)&wide + 4, mask, 4);
  size_t i = 0;
  for (; i + 8 <= length; i += 8) {
    uint64_t eight;
    memcpy(&eight, bytes + i, 8);
    eight ^= wide;
    memcpy(bytes + i, &eight, 8);
  }
  for (; i < length; i++) bytes[i] ^= mask[i % 4];
}

// Takes the next whole frame, unmasked; its payload stays valid until the buffer is written.
static inline int take_frame(struct buffer *in, struct frame *frame) {
  size_t held = in->to - in->from;
  uint8_t *at = in->bytes + in->from;
  if (held < 2) return 0;
  size_t length = at[1] & 0x7f, header = 2;
  if (length == 126) {
    if (held < 4) return 0;
    length = at[2] << 8 | at[3];
    header = 4;
  } else if (length == 127) {
    if (held < 10) return 0;
    length = 0;
    for (int i = 2; i < 10; i++) length = length << 8 | at[i];
    header = 10;
  }
  int is_masked = at[1] & 0x80;
  header += is_masked ? 4 : 0;
  if (held < header + length) return 0;
  if (is_masked) apply_mask(at + header, length, at + header - 4);
  *frame = (struct frame){at[0], at + header, length};
  in->from += header + length;
  return 1;
}

// Begins a frame; returns where its payload goes. Call end_frame when it is there.
static inline uint8_t *begin_frame(struct buffer *out, int first, size_t length, const uint8_t *mask) {
  uint8_t *at = reserve(out, 14 + length);
  uint8_t *start = at;
  *at++ = first;
  int masked = mask ? 0x80 : 0;
  if (length < 126) {
    *at++ = masked | length;
  } else if (length < 65536) {
    *at++ = masked | 126;
    *at++ = length >> 8;
    *at++ = length;
  } else {
    *at++ = masked | 127;
    for (int i = 7; i >= 0; i--) *at++ = (uint64_t)length >> (8 * i);
  }
  if (mask) {
    memcpy(at, mask, 4);
    at += 4;
  }
  out->to += at - start + length;
  return at;
}

// Where the head of HTTP ends, or 0.
static inline size_t head_bytes(const struct buffer *in) {
  uint8_t *at = in->from == in->to ? NULL : memmem(in->bytes + in->from, in->to - in->from, "\r\n\r\n", 4);
  return at ? at + 4 - (in->bytes + in->from) : 0;
}

// The value of a field, by its name in any case; ends at \r.
static inline int field(const char *head, size_t length, const char *name, char *value, size_t size) {
  size_t name_length = strlen(name);
  for (const char *at = head + 1; at + name_length < head + length; at++) {
    if (at[-1] != '\n' || strncasecmp(at, name, name_length) != 0 || at[name_length] != ':') continue;
    at += name_length + 1;
    while (*at == ' ') at++;
    size_t i = 0;
    while (at[i] != '\r' && i + 1 < size) {
      value[i] = at[i];
      i++;
    }
    value[i] = 0;
    return 1;
  }
  return 0;
}

// Sec-WebSocket-Accept for a key.
static inline void accept_of(const char *key, char accept[29]) {
  char text[128];
  uint8_t hash[SHA_DIGEST_LENGTH];
  snprintf(text, sizeof text, "%s258EAFA5-E914-47DA-95CA-C5AB0DC85B11", key);
  SHA1((uint8_t *)text, strlen(text), hash);
  EVP_EncodeBlock((uint8_t *)accept, hash, sizeof hash);
}
