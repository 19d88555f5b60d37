/* The path of a packet from socket to sockets: read many, decrypt, note, and send a copy to each receiver.
 *
 * It knows nothing of ICE, DTLS, RTCP or rooms. A datagram that it can't carry on by itself goes up to Python as it
 * came, or decrypted, and nothing of it is noted here. Every offset is held against the size of the packet first.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <math.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core.h"

#ifndef UDP_SEGMENT
#define UDP_SEGMENT 103
#endif

/* Lets the sanitizer see when something reads past a datagram, although its cell goes on. */
#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/asan_interface.h>
#define BOUND(cell, size) ASAN_POISON_MEMORY_REGION((cell) + (size), CORE_CELL - (size))
#define UNBOUND(cell) ASAN_UNPOISON_MEMORY_REGION(cell, CORE_CELL)
#else
#define BOUND(cell, size) ((void)0)
#define UNBOUND(cell) ((void)0)
#endif

enum { HEADER = 12, EXTENSION = 0x10, PADDING = 0x20, MARKER = 0x80, ONE_BYTE = 0xBEDE, TWO_BYTE = 0x1000 };
enum { REPEATED, LATE, NEWEST };
enum { MAX_SEGMENTS = 32, MAX_MESSAGE = 60000, CONTROL = CMSG_SPACE(sizeof(uint16_t)) };

typedef int (*srtp_call)(void *session, void *packet, int *size);

/* Where the picture numbers of a packet stand (RFC 7741 and 9628, section 4.2), and of VP8 its layer; 0 means absent. */
typedef struct {
    int picture_at, picture, wide, tl0_at, tl0, layer, sync, key_frame;
} picture_numbers;

/* A packet on its way out, and what all its copies share. */
typedef struct {
    core_stream *stream;
    const uint8_t *data;
    int size, newest, empty;
    int64_t index;
    uint32_t timestamp;
    picture_numbers numbers;
} piece;

struct core_engine {
    srtp_call protect, unprotect;
    core_counts counts;
    core_inlet *buckets[CORE_BUCKETS];
    uint64_t batch;

    uint8_t in[CORE_BATCH][CORE_CELL];
    struct mmsghdr in_messages[CORE_BATCH];
    struct iovec in_vectors[CORE_BATCH];
    struct sockaddr_in6 in_names[CORE_BATCH];
    core_upward upwards[CORE_BATCH];
    piece pieces[CORE_BATCH];

    int descriptor, cells, messages, segmenting;
    const core_outlet *last;
    uint8_t out[CORE_QUEUE][CORE_CELL];
    struct iovec out_vectors[CORE_QUEUE];
    struct mmsghdr out_messages[CORE_QUEUE];
    union {
        struct cmsghdr header;
        uint8_t octets[CONTROL];
    } controls[CORE_QUEUE];
};

/* Python's part: sends an encrypted packet to a receiver that no datagram socket reaches. */
static void core_carry(void *way, uint8_t *data, int size);

static uint32_t be16(const uint8_t *at) { return (uint32_t)at[0] << 8 | at[1]; }

static uint32_t be32(const uint8_t *at) { return be16(at) << 16 | be16(at + 2); }

static void put16(uint8_t *at, uint32_t value) {
    at[0] = (uint8_t)(value >> 8);
    at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value) {
    put16(at, value >> 16);
    put16(at + 2, value);
}

static double monotonic(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}

static int64_t index_of(const core_stream *stream, uint32_t sequence);

#include "sieve.c"
#include "sources.c"
#include "out.c"
#include "in.c"

static void send_on(core_engine *engine, int ready) {
    const piece *pieces = engine->pieces;
    for (int start = 0, end; start < ready; start = end) {
        for (end = start + 1; end < ready && pieces[end].stream == pieces[start].stream;) end++;
        fan_out(engine, pieces + start, end - start);
    }
    flush(engine);
}

int core_run(core_engine *engine, int descriptor, int *upwards) {
    *upwards = 0;
    for (int place = 0; place < CORE_BATCH; place++) {
        UNBOUND(engine->in[place]);
        engine->in_messages[place].msg_hdr.msg_namelen = sizeof engine->in_names[place];
    }
    int came = recvmmsg(descriptor, engine->in_messages, CORE_BATCH, MSG_DONTWAIT, NULL), ready = 0;
    if (came <= 0) return 0;
    double now = monotonic();
    engine->batch++;
    engine->counts.received += (uint64_t)came;
    for (int place = 0; place < came; place++) ready = sort(engine, descriptor, place, now, ready, upwards);
    send_on(engine, ready);
    return came;
}

/* Whether this kernel cuts one message into segments (Linux 4.18). */
static int can_segment(void) {
    int none = 0, descriptor = socket(AF_INET, SOCK_DGRAM, 0);
    if (descriptor < 0) return 0;
    int refused = setsockopt(descriptor, IPPROTO_UDP, UDP_SEGMENT, &none, sizeof none);
    close(descriptor);
    return !refused;
}

void core_segment(core_engine *engine, int wanted) { engine->segmenting = wanted && can_segment(); }

core_engine *core_new(void *protect, void *unprotect) {
    core_engine *engine = calloc(1, sizeof *engine);
    if (!engine) return NULL;
    memcpy(&engine->protect, &protect, sizeof protect);
    memcpy(&engine->unprotect, &unprotect, sizeof unprotect);
    core_segment(engine, 1);
    for (int place = 0; place < CORE_BATCH; place++) {
        engine->in_vectors[place] = (struct iovec){engine->in[place], CORE_CELL};
        engine->in_messages[place].msg_hdr.msg_name = &engine->in_names[place];
        engine->in_messages[place].msg_hdr.msg_iov = &engine->in_vectors[place];
        engine->in_messages[place].msg_hdr.msg_iovlen = 1;
    }
    for (int place = 0; place < CORE_QUEUE; place++) {
        engine->out_vectors[place].iov_base = engine->out[place];
        engine->out_messages[place].msg_hdr.msg_namelen = CORE_NAME;
    }
    return engine;
}

void core_free(core_engine *engine) { free(engine); }

core_counts *core_counts_of(core_engine *engine) { return &engine->counts; }

core_upward *core_upwards_of(core_engine *engine) { return engine->upwards; }
