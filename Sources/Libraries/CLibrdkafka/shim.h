#pragma once
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>
#include <stdint.h>
#include <string.h>

// Headers cross to Swift in one run of bytes: for each a length and name, a length and value;
// lengths are in base 128, lowest digits first. Ten calls and twenty allocations a message would
// cost more than all else that is done with it.

// The bytes that a length takes.
static inline size_t parley_length_size(size_t length) {
    size_t size = 1;
    while (length >= 0x80) {
        length >>= 7;
        size++;
    }
    return size;
}

static inline uint8_t *parley_put(uint8_t *out, const void *bytes, size_t length) {
    size_t rest = length;
    while (rest >= 0x80) {
        *out++ = (uint8_t)rest | 0x80;
        rest >>= 7;
    }
    *out++ = (uint8_t)rest;
    if (length > 0) memcpy(out, bytes, length);
    return out + length;
}

// Packs a message's headers into `out` if they fit into `room`; gives the bytes that they take, 0
// if there are none. An absent value is packed as an empty one.
static inline size_t parley_pack_headers(const rd_kafka_message_t *message, uint8_t *out,
                                         size_t room) {
    rd_kafka_headers_t *headers = NULL;
    const char *name;
    const void *value;
    size_t size, needed = 0, index;
    if (rd_kafka_message_headers(message, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return 0;
    for (index = 0; !rd_kafka_header_get_all(headers, index, &name, &value, &size); index++) {
        size_t length = strlen(name);
        needed += parley_length_size(length) + length + parley_length_size(size) + size;
    }
    if (needed > room) return needed;
    for (index = 0; !rd_kafka_header_get_all(headers, index, &name, &value, &size); index++) {
        out = parley_put(out, name, strlen(name));
        out = parley_put(out, value, size);
    }
    return needed;
}

// Reads a length, or gives -1 where the bytes are not whole.
static inline int64_t parley_take_length(const uint8_t **at, const uint8_t *end) {
    uint64_t length = 0;
    int shift = 0;
    while (*at < end && shift < 63) {
        uint8_t byte = *(*at)++;
        length |= (uint64_t)(byte & 0x7f) << shift;
        shift += 7;
        if (!(byte & 0x80)) return length <= (uint64_t)(end - *at) ? (int64_t)length : -1;
    }
    return -1;
}

// Makes a list of packed headers, which the caller destroys unless it is handed over with a
// message; what is cut off at the end is left out.
static inline rd_kafka_headers_t *parley_unpack_headers(const uint8_t *packed, size_t count) {
    rd_kafka_headers_t *headers = rd_kafka_headers_new(12);
    const uint8_t *at = packed, *end = packed + count;
    while (at < end) {
        int64_t name_length = parley_take_length(&at, end);
        const uint8_t *name = at;
        if (name_length < 0) break;
        at += name_length;
        int64_t length = parley_take_length(&at, end);
        if (length < 0) break;
        rd_kafka_header_add(headers, (const char *)name, name_length, at, length);
        at += length;
    }
    return headers;
}

// Hands a message over to a producer, which copies key and value. The list of headers is the
// library's only if this succeeds: up to 2.12.0 it frees headers given one by one twice when the
// partition does not exist (librdkafka issue 4627); those given as a list stay the caller's.
static inline rd_kafka_resp_err_t parley_produce(rd_kafka_t *producer, const char *topic,
                                                 int32_t partition, const void *key,
                                                 size_t key_size, const void *value,
                                                 size_t value_size, const uint8_t *headers,
                                                 size_t headers_size, int64_t timestamp,
                                                 void *token) {
    rd_kafka_headers_t *list =
        headers_size > 0 ? parley_unpack_headers(headers, headers_size) : NULL;
    rd_kafka_resp_err_t error = rd_kafka_producev(
        producer, RD_KAFKA_V_TOPIC(topic), RD_KAFKA_V_PARTITION(partition),
        RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(key, key_size),
        RD_KAFKA_V_VALUE((void *)value, value_size), RD_KAFKA_V_TIMESTAMP(timestamp),
        RD_KAFKA_V_OPAQUE(token), RD_KAFKA_V_HEADERS(list), RD_KAFKA_V_END);
    if (error && list) rd_kafka_headers_destroy(list);
    return error;
}
