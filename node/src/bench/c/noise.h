// The channel of docs/PROTOCOL.md, the client's side: Noise_NK_secp256k1_AESGCM_SHA256.
#pragma once
#include "websocket.h"
#include <openssl/hmac.h>
#include <openssl/rand.h>
#include <secp256k1.h>
#include <secp256k1_ecdh.h>

#define TAG_BYTES 16
#define MESSAGES_PER_KEY 65536
// As the clients of wsn do: frames that are sent together are sealed together, with the tag in 16 KiB.
#define BATCH_BYTES (16384 - TAG_BYTES)
#define MAX_PAYLOAD_BYTES (BATCH_BYTES - 4)
#define HELLO_BYTES 49
#define ANSWER_BYTES 48

struct direction {
  EVP_CIPHER_CTX *cipher;
  uint8_t key[32];
  uint64_t count;
};

struct noise {
  uint8_t h[32], ck[32], k[32], e[32];
};

static secp256k1_context *curve;

static int only_x(uint8_t *output, const uint8_t *x, const uint8_t *y, void *data) {
  (void)y, (void)data;
  memcpy(output, x, 32);
  return 1;
}

static void dh(const uint8_t secret[32], const uint8_t public[32], uint8_t shared[32]) {
  uint8_t compressed[33] = {2};
  secp256k1_pubkey point;
  memcpy(compressed + 1, public, 32);
  CHECK(secp256k1_ec_pubkey_parse(curve, &point, compressed, 33));
  CHECK(secp256k1_ecdh(curve, shared, &point, secret, only_x, NULL));
}

static void mix_hash(struct noise *noise, const uint8_t *bytes, size_t length) {
  SHA256_CTX sha;
  SHA256_Init(&sha);
  SHA256_Update(&sha, noise->h, 32);
  SHA256_Update(&sha, bytes, length);
  SHA256_Final(noise->h, &sha);
}

// HKDF with the chaining key as salt and no info, two outputs; ikm may be empty.
static void hkdf(const uint8_t ck[32], const uint8_t *ikm, size_t length, uint8_t one[32], uint8_t two[32]) {
  uint8_t prk[32], last[33], both[32];
  HMAC(EVP_sha256(), ck, 32, ikm, length, prk, NULL);
  HMAC(EVP_sha256(), prk, 32, (uint8_t *)"\1", 1, both, NULL);
  memcpy(last, both, 32);
  last[32] = 2;
  HMAC(EVP_sha256(), prk, 32, last, 33, two, NULL);
  memcpy(one, both, 32);
}

static void mix_key(struct noise *noise, const uint8_t shared[32]) {
  uint8_t ck[32];
  hkdf(noise->ck, shared, 32, ck, noise->k);
  memcpy(noise->ck, ck, 32);
}

static void nonce_of(uint64_t count, uint8_t nonce[12]) {
  memset(nonce, 0, 4);
  for (int i = 0; i < 8; i++) nonce[4 + i] = count >> (8 * (7 - i));
}

static void seal(EVP_CIPHER_CTX *cipher, uint64_t count, const uint8_t *ad, size_t ad_length, uint8_t *bytes, size_t length) {
  uint8_t nonce[12];
  int written;
  nonce_of(count, nonce);
  CHECK(EVP_EncryptInit_ex(cipher, NULL, NULL, NULL, nonce));
  if (ad_length) CHECK(EVP_EncryptUpdate(cipher, NULL, &written, ad, ad_length));
  if (length) CHECK(EVP_EncryptUpdate(cipher, bytes, &written, bytes, length));
  CHECK(EVP_EncryptFinal_ex(cipher, bytes + length, &written));
  CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_GET_TAG, TAG_BYTES, bytes + length));
}

// `length` without the tag that follows.
static int open_sealed(EVP_CIPHER_CTX *cipher, uint64_t count, const uint8_t *ad, size_t ad_length, uint8_t *bytes, size_t length) {
  uint8_t nonce[12];
  int written;
  nonce_of(count, nonce);
  CHECK(EVP_DecryptInit_ex(cipher, NULL, NULL, NULL, nonce));
  if (ad_length) CHECK(EVP_DecryptUpdate(cipher, NULL, &written, ad, ad_length));
  if (length) CHECK(EVP_DecryptUpdate(cipher, bytes, &written, bytes, length));
  CHECK(EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_GCM_SET_TAG, TAG_BYTES, bytes + length));
  return EVP_DecryptFinal_ex(cipher, bytes + length, &written) == 1;
}

static EVP_CIPHER_CTX *cipher_of(const uint8_t key[32], int encrypts) {
  EVP_CIPHER_CTX *cipher = EVP_CIPHER_CTX_new();
  CHECK(EVP_CipherInit_ex(cipher, EVP_aes_256_gcm(), NULL, key, NULL, encrypts));
  return cipher;
}

static void keyed(struct direction *direction, const uint8_t key[32], int encrypts) {
  memcpy(direction->key, key, 32);
  if (direction->cipher) EVP_CIPHER_CTX_free(direction->cipher);
  direction->cipher = cipher_of(key, encrypts);
}

static void count_message(struct direction *direction, int encrypts) {
  if (++direction->count % MESSAGES_PER_KEY != 0) return;
  uint8_t next[32 + TAG_BYTES] = {0};
  EVP_CIPHER_CTX *cipher = cipher_of(direction->key, 1);
  seal(cipher, UINT64_MAX, NULL, 0, next, 32);
  EVP_CIPHER_CTX_free(cipher);
  keyed(direction, next, encrypts);
}

static void hello(struct noise *noise, const uint8_t rs[32], uint8_t message[HELLO_BYTES]) {
  uint8_t shared[32], point[33];
  size_t length = sizeof point;
  secp256k1_pubkey public;
  memcpy(noise->h, "Noise_NK_secp256k1_AESGCM_SHA256", 32);
  memcpy(noise->ck, noise->h, 32);
  mix_hash(noise, (uint8_t *)"wsn.v1\1initiator=client responder=gateway", 41);
  mix_hash(noise, rs, 32);
  RAND_bytes(noise->e, 32);
  CHECK(secp256k1_ec_pubkey_create(curve, &public, noise->e));
  secp256k1_ec_pubkey_serialize(curve, point, &length, &public, SECP256K1_EC_COMPRESSED);
  message[0] = 1;
  memcpy(message + 1, point + 1, 32);
  mix_hash(noise, message + 1, 32);
  dh(noise->e, rs, shared);
  mix_key(noise, shared);
  EVP_CIPHER_CTX *cipher = cipher_of(noise->k, 1);
  seal(cipher, 0, noise->h, 32, message + 33, 0);
  EVP_CIPHER_CTX_free(cipher);
  mix_hash(noise, message + 33, TAG_BYTES);
}

static void finish(struct noise *noise, uint8_t answer[ANSWER_BYTES], struct direction *sending, struct direction *receiving) {
  uint8_t shared[32], one[32], two[32];
  mix_hash(noise, answer, 32);
  dh(noise->e, answer, shared);
  mix_key(noise, shared);
  EVP_CIPHER_CTX *cipher = cipher_of(noise->k, 0);
  CHECK(open_sealed(cipher, 0, noise->h, 32, answer + 32, 0));
  EVP_CIPHER_CTX_free(cipher);
  hkdf(noise->ck, NULL, 0, one, two);
  keyed(sending, one, 1);
  keyed(receiving, two, 0);
}
