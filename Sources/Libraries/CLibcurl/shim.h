#pragma once
#include <curl/curl.h>

// curl's option functions are variadic, which Swift cannot call: one typed function for each kind
// of value.

static inline CURLcode easy_set_long(CURL *handle, CURLoption option, long value) {
    return (curl_easy_setopt)(handle, option, value);
}

static inline CURLcode easy_set_offset(CURL *handle, CURLoption option, curl_off_t value) {
    return (curl_easy_setopt)(handle, option, value);
}

// For texts, which curl copies.
static inline CURLcode easy_set_string(CURL *handle, CURLoption option, const char *value) {
    return (curl_easy_setopt)(handle, option, value);
}

// For pointers that must outlive the transfer: user data, POSTFIELDS, lists, buffers.
static inline CURLcode easy_set_pointer(CURL *handle, CURLoption option, const void *value) {
    return (curl_easy_setopt)(handle, option, value);
}

// For CURLOPT_WRITEFUNCTION, CURLOPT_HEADERFUNCTION and CURLOPT_READFUNCTION.
static inline CURLcode easy_set_receiver(
    CURL *handle, CURLoption option, size_t (*receive)(char *, size_t, size_t, void *)) {
    return (curl_easy_setopt)(handle, option, receive);
}

static inline CURLcode easy_set_opensocket(CURL *handle, curl_opensocket_callback open) {
    return (curl_easy_setopt)(handle, CURLOPT_OPENSOCKETFUNCTION, open);
}

static inline CURLcode easy_set_debug(CURL *handle, curl_debug_callback tell) {
    return (curl_easy_setopt)(handle, CURLOPT_DEBUGFUNCTION, tell);
}

static inline CURLcode easy_set_prerequest(CURL *handle, curl_prereq_callback check) {
    return (curl_easy_setopt)(handle, CURLOPT_PREREQFUNCTION, check);
}

static inline CURLcode easy_get_long(CURL *handle, CURLINFO info, long *value) {
    return (curl_easy_getinfo)(handle, info, value);
}

static inline CURLMcode multi_set_long(CURLM *multi, CURLMoption option, long value) {
    return (curl_multi_setopt)(multi, option, value);
}

// The result of a message of curl_multi_info_read, which is a member of a union.
static inline CURLcode message_result(const CURLMsg *message) {
    return message->data.result;
}
