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

enum { HEADER = 12, EXTENSION = 0x10, MARKER = 0x80, ONE_BYTE = 0xBEDE, TWO_BYTE = 0x1000 };
enum { REPEATED, LATE, NEWEST };
enum { MAX_SEGMENTS = 32, MAX_MESSAGE = 60000, CONTROL = CMSG_SPACE(sizeof(uint16_t)) };

typedef int (*srtp_call)(void *session, void *packet, int *size);

/* Where the picture numbers of a VP8 packet stand (RFC 7741 section 4.2); 0 means absent. */
typedef struct {
    int picture_at, picture, wide, tl0_at, tl0;
} vp8_numbers;

/* A packet on its way out, and what all its copies share. */
typedef struct {
    core_stream *stream;
    const uint8_t *data;
    int size, newest;
    int64_t index;
    vp8_numbers numbers;
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

/* ---- sources: what arrived, and the packets that may be asked for again */

core_stream *core_stream_new(double clock, int keeps) {
    core_stream *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->clock = clock;
    stream->tally.transit = NAN;
    stream->keeps = keeps;
    if (keeps && !(stream->history = malloc((size_t)CORE_HISTORY * CORE_MAX_PACKET))) {
        free(stream);
        return NULL;
    }
    return stream;
}

void core_stream_free(core_stream *stream) {
    if (!stream) return;
    free(stream->history);
    free(stream->outlets);
    free(stream);
}

int core_holds(const core_stream *stream, int sequence) {
    int place = sequence & (CORE_HISTORY - 1);
    return stream->keeps && stream->known[place] && stream->sequences[place] == (sequence & 0xFFFF);
}

const uint8_t *core_recall(const core_stream *stream, int sequence, int *size) {
    int place = sequence & (CORE_HISTORY - 1);
    *size = core_holds(stream, sequence) ? stream->sizes[place] : 0;
    return *size ? stream->history + (size_t)place * CORE_MAX_PACKET : NULL;
}

/* Keeps a packet for those who miss it; one that no copy may be made of is only known to have come. */
static void keep(core_stream *stream, const uint8_t *packet, int size) {
    int sequence = (int)be16(packet + 2), place = sequence & (CORE_HISTORY - 1);
    int kept = size <= CORE_MAX_PACKET ? size : 0;
    stream->known[place] = 1;
    stream->sequences[place] = (uint16_t)sequence;
    stream->sizes[place] = (uint16_t)kept;
    memcpy(stream->history + (size_t)place * CORE_MAX_PACKET, packet, (size_t)kept);
}

static void note_gap(core_stream *stream, uint32_t step, double now) {
    if (!stream->keeps) return;
    if (stream->gap_count == CORE_GAPS) {
        stream->gaps_lost = 1;
        return;
    }
    stream->gaps[stream->gap_count++] = (core_gap){stream->tally.highest, step - 1, now};
}

/* RFC 3550 A.8; a leap of the sender's clock is no jitter, nor is the first step, which is not a number. */
static void note_jitter(core_stream *stream, uint32_t timestamp, double now) {
    core_tally *tally = &stream->tally;
    double transit = now * stream->clock - timestamp, step = fabs(transit - tally->transit);
    if (step < stream->clock * 10) tally->jitter += (step - tally->jitter) / 16;
    tally->transit = transit;
}

static int count(core_stream *stream, uint32_t sequence, uint32_t timestamp, double now) {
    core_tally *tally = &stream->tally;
    if (++tally->received == 1) {
        tally->base = tally->highest = sequence;
        return NEWEST;
    }
    uint32_t step = (sequence - tally->highest) & 0xFFFF;
    if (step == 0 || step >= 0x8000) return LATE;
    if (step > 1) note_gap(stream, step, now);
    if (sequence < tally->highest) tally->cycles += 0x10000;
    tally->highest = sequence;
    note_jitter(stream, timestamp, now);
    return NEWEST;
}

int core_note(core_stream *stream, const uint8_t *packet, int size, double now) {
    if (size < HEADER) return REPEATED;
    if (stream->keeps) {
        if (core_holds(stream, (int)be16(packet + 2))) return REPEATED;
        keep(stream, packet, size);
    }
    return count(stream, be16(packet + 2), be32(packet + 4), now);
}

/* The number that a sequence number stands for when wraps are counted: the one nearest to the newest. */
static int64_t index_of(const core_stream *stream, uint32_t sequence) {
    int64_t step = (int64_t)((sequence - stream->tally.highest + 0x8000) & 0xFFFF) - 0x8000;
    return (int64_t)stream->tally.cycles + stream->tally.highest + step;
}

/* ---- receivers of a source */

int core_begin(core_stream *stream, const core_outlet *outlet) {
    if (stream->count == stream->room) {
        int room = stream->room ? 2 * stream->room : 4;
        core_outlet *more = realloc(stream->outlets, (size_t)room * sizeof *more);
        if (!more) return -1;
        stream->outlets = more;
        stream->room = room;
    }
    stream->outlets[stream->count++] = *outlet;
    return 0;
}

int core_update(core_stream *stream, int place, const core_outlet *outlet) {
    if (place < 0 || place >= stream->count) return -1;
    stream->outlets[place] = *outlet;
    return 0;
}

int core_end(core_stream *stream, int place) {
    if (place < 0 || place >= stream->count) return -1;
    size_t after = (size_t)(--stream->count - place);
    memmove(stream->outlets + place, stream->outlets + place + 1, after * sizeof *stream->outlets);
    return 0;
}

/* ---- out: copies, queued and handed to the kernel together */

/* Sends the segments of one message one by one, where the way can't take them at once. */
static void send_apart(core_engine *engine, struct msghdr *message) {
    for (size_t each = 0; each < message->msg_iovlen; each++) {
        struct msghdr one = {.msg_name = message->msg_name, .msg_namelen = message->msg_namelen};
        one.msg_iov = message->msg_iov + each;
        one.msg_iovlen = 1;
        if (sendmsg(engine->descriptor, &one, 0) < 0)
            engine->counts.dropped++;
        else
            engine->counts.sent++;
    }
}

/* Deals with the message that the kernel refused; says how many messages are done with. */
static int refused(core_engine *engine, int start) {
    struct msghdr *message = &engine->out_messages[start].msg_hdr;
    if (errno == EINTR) return 0;
    if (errno == EAGAIN) { /* a full socket drops the rest, as the network would */
        for (int each = start; each < engine->messages; each++)
            engine->counts.dropped += engine->out_messages[each].msg_hdr.msg_iovlen;
        return engine->messages - start;
    }
    if (message->msg_iovlen == 1) {
        engine->counts.dropped++;
        return 1;
    }
    if (errno == EIO) engine->segmenting = 0;
    send_apart(engine, message);
    return 1;
}

static void flush(core_engine *engine) {
    int start = 0;
    while (start < engine->messages) {
        int sent = sendmmsg(engine->descriptor, engine->out_messages + start, (unsigned)(engine->messages - start), 0);
        if (sent <= 0) {
            start += refused(engine, start);
            continue;
        }
        for (int end = start + sent; start < end; start++)
            engine->counts.sent += engine->out_messages[start].msg_hdr.msg_iovlen;
    }
    engine->cells = engine->messages = 0;
    engine->last = NULL;
}

/* Whether a packet may travel as one more segment of the last message: all as long as the first, the last may be
 * shorter (Linux, UDP_SEGMENT). */
static int extends(const core_engine *engine, const core_outlet *outlet, size_t size) {
    if (!engine->segmenting || engine->last != outlet) return 0;
    const struct msghdr *message = &engine->out_messages[engine->messages - 1].msg_hdr;
    size_t segments = message->msg_iovlen, first = message->msg_iov[0].iov_len;
    return segments < MAX_SEGMENTS && size <= first && message->msg_iov[segments - 1].iov_len == first &&
           (segments + 1) * first <= MAX_MESSAGE;
}

static void extend(core_engine *engine) {
    int place = engine->messages - 1;
    struct msghdr *message = &engine->out_messages[place].msg_hdr;
    struct cmsghdr *control = &engine->controls[place].header;
    uint16_t segment = (uint16_t)message->msg_iov[0].iov_len;
    message->msg_iovlen++;
    message->msg_control = control;
    message->msg_controllen = CONTROL;
    control->cmsg_level = IPPROTO_UDP;
    control->cmsg_type = UDP_SEGMENT;
    control->cmsg_len = CMSG_LEN(sizeof segment);
    memcpy(CMSG_DATA(control), &segment, sizeof segment);
}

static void enqueue(core_engine *engine, const core_outlet *outlet, size_t size) {
    struct iovec *vector = &engine->out_vectors[engine->cells++];
    vector->iov_len = size;
    if (extends(engine, outlet, size)) {
        extend(engine);
        return;
    }
    struct msghdr *message = &engine->out_messages[engine->messages++].msg_hdr;
    message->msg_name = (void *)outlet->name;
    message->msg_iov = vector;
    message->msg_iovlen = 1;
    message->msg_control = NULL;
    message->msg_controllen = 0;
    engine->last = outlet;
}

static void shift_picture(uint8_t *copy, const core_outlet *outlet, const vp8_numbers *numbers) {
    if (numbers->picture_at) {
        uint32_t picture = (uint32_t)(numbers->picture + outlet->picture_by);
        if (numbers->wide)
            put16(copy + numbers->picture_at, 0x8000 | (picture & 0x7FFF));
        else
            copy[numbers->picture_at] = picture & 0x7F;
    }
    if (numbers->tl0_at) copy[numbers->tl0_at] = (uint8_t)(numbers->tl0 + outlet->tl0_by);
}

static void rewrite(uint8_t *copy, const core_outlet *outlet, const piece *piece, uint8_t type) {
    memcpy(copy, piece->data, (size_t)piece->size);
    copy[1] = (piece->data[1] & MARKER) | type;
    put16(copy + 2, be16(piece->data + 2) + outlet->sequence_by);
    put32(copy + 4, be32(piece->data + 4) + outlet->timestamp_by);
    put32(copy + 8, outlet->ssrc);
    if (outlet->picture_by || outlet->tl0_by) shift_picture(copy, outlet, &piece->numbers);
}

static void serve(core_engine *engine, const core_outlet *outlet, const piece *piece) {
    uint8_t type = outlet->types[piece->data[1] & 0x7F];
    int size = piece->size;
    if (type == CORE_NO_TYPE || size > CORE_MAX_PACKET) {
        engine->counts.dropped++;
        return;
    }
    if (engine->cells == CORE_QUEUE || engine->descriptor != outlet->descriptor) flush(engine);
    engine->descriptor = outlet->descriptor;
    uint8_t *copy = engine->out[engine->cells];
    rewrite(copy, outlet, piece, type);
    if (engine->protect(outlet->outbound, copy, &size)) {
        engine->counts.dropped++;
        return;
    }
    if (outlet->way)
        core_carry(outlet->way, copy, size);
    else
        enqueue(engine, outlet, (size_t)size);
}

/* Receiver by receiver, so that the copies of a burst stand side by side and travel as one message. */
static void fan_out(core_engine *engine, const piece *pieces, int count) {
    const core_stream *stream = pieces->stream;
    for (const core_outlet *outlet = stream->outlets, *end = outlet + stream->count; outlet != end; outlet++)
        for (const piece *each = pieces; each != pieces + count; each++)
            if (each->newest || outlet->first <= each->index) serve(engine, outlet, each);
}

static vp8_numbers parse_vp8(const uint8_t *packet, int offset, int size) {
    static const vp8_numbers nothing;
    vp8_numbers found = {0};
    int at = offset + 1, flags = 0;
    if (offset >= size) return nothing;
    int starts = (packet[offset] & 0x10) && !(packet[offset] & 0x07);
    if (packet[offset] & 0x80) {
        if (at >= size) return nothing;
        flags = packet[at++];
    }
    if (flags & 0x80) {
        if (at >= size) return nothing;
        found.picture_at = at;
        found.picture = packet[at];
        found.wide = packet[at++] >> 7;
        if (found.wide) {
            if (at >= size) return nothing;
            found.picture = (found.picture & 0x7F) << 8 | packet[at++];
        }
    }
    if (flags & 0x40) {
        if (at >= size) return nothing;
        found.tl0_at = at;
        found.tl0 = packet[at++];
    }
    if (flags & 0x30) at++;
    return starts && at >= size ? nothing : found;
}

/* Fills in what all copies of a packet share; 0 when its header is longer than itself. */
static int describe(piece *piece) {
    const uint8_t *data = piece->data;
    core_tally *tally = &piece->stream->tally;
    int offset = HEADER + 4 * (data[0] & 0x0F);
    if (piece->size < offset) return 0;
    piece->index = index_of(piece->stream, be16(data + 2));
    piece->numbers = (vp8_numbers){0};
    if (piece->stream->vp8[data[1] & 0x7F]) piece->numbers = parse_vp8(data, offset, piece->size);
    if (piece->newest) {
        tally->timestamp = be32(data + 4);
        tally->picture = piece->numbers.picture;
        tally->tl0 = piece->numbers.tl0;
    }
    tally->forwarded++;
    tally->octets += (uint64_t)piece->size;
    return 1;
}

int core_send(core_engine *engine, core_stream *stream, const uint8_t *packet, int size, int newest) {
    piece only = {.stream = stream, .data = packet, .size = size, .newest = newest};
    if (size < HEADER || !describe(&only)) return -1;
    fan_out(engine, &only, 1);
    flush(engine);
    return 0;
}

/* ---- in: who sent it, and whether Python needs to see it */

typedef struct {
    int32_t descriptor;
    uint16_t family, port;
    uint8_t address[16];
} way_in;

_Static_assert(sizeof(way_in) == sizeof(((core_inlet *)0)->key), "a key has no padding");

static void key_of(uint8_t *key, int descriptor, const uint8_t *name) {
    way_in way = {.descriptor = descriptor};
    memcpy(&way.family, name, sizeof way.family);
    memcpy(&way.port, name + 2, sizeof way.port);
    if (way.family == AF_INET6)
        memcpy(way.address, name + 8, 16);
    else
        memcpy(way.address, name + 4, 4);
    memcpy(key, &way, sizeof way);
}

static core_inlet **bucket_of(core_engine *engine, const uint8_t *key) {
    uint64_t words[3], hash;
    memcpy(words, key, sizeof words);
    hash = (words[0] ^ words[1] * 0x9E3779B97F4A7C15u ^ words[2]) * 0xD6E8FEB86659FD93u;
    return &engine->buckets[hash >> 32 & (CORE_BUCKETS - 1)];
}

static core_inlet *find(core_engine *engine, const uint8_t *key) {
    core_inlet *inlet = *bucket_of(engine, key);
    while (inlet && memcmp(inlet->key, key, sizeof inlet->key) != 0) inlet = inlet->next;
    return inlet;
}

core_inlet *core_inlet_new(void *inbound) {
    core_inlet *inlet = calloc(1, sizeof *inlet);
    if (inlet) inlet->inbound = inbound;
    return inlet;
}

void core_inlet_free(core_inlet *inlet) { free(inlet); }

void core_leave(core_engine *engine, core_inlet *inlet) {
    core_inlet **link = bucket_of(engine, inlet->key);
    while (*link && *link != inlet) link = &(*link)->next;
    if (*link) *link = inlet->next;
}

void core_settle(core_engine *engine, core_inlet *inlet, int descriptor, const uint8_t *name) {
    uint8_t key[sizeof inlet->key];
    core_leave(engine, inlet);
    key_of(key, descriptor, name);
    core_inlet *before = find(engine, key);
    if (before) core_leave(engine, before);
    memcpy(inlet->key, key, sizeof key);
    core_inlet **bucket = bucket_of(engine, key);
    inlet->next = *bucket;
    *bucket = inlet;
}

int core_route(core_inlet *inlet, uint32_t ssrc, core_stream *stream) {
    if (inlet->source_count == CORE_SOURCES) return -1;
    inlet->ssrcs[inlet->source_count] = ssrc;
    inlet->streams[inlet->source_count++] = stream;
    return 0;
}

static core_stream *source_of(const core_inlet *inlet, uint32_t ssrc) {
    for (int each = 0; each < inlet->source_count; each++)
        if (inlet->ssrcs[each] == ssrc) return inlet->streams[each];
    return NULL;
}

/* The two header extension elements that concern the core; -1 means absent. */
typedef struct {
    int wide, level;
} marks;

static void mark(marks *found, const core_inlet *inlet, int id, const uint8_t *value, int length) {
    if (id == inlet->wide_id) found->wide = length > 1 ? (int)be16(value) : length ? value[0] : 0;
    if (id == inlet->level_id) found->level = length ? value[0] : -1;
}

/* Reads the elements of one form (RFC 8285 4.2); 0 when one is cut short. */
static int scan_one_byte(marks *found, const core_inlet *inlet, const uint8_t *block, int size) {
    for (int at = 0; at < size;) {
        int id = block[at] >> 4, length = (block[at] & 0x0F) + 1;
        if (block[at++] == 0) continue;
        if (id == 0 || id == 15) return 1;
        if (at + length > size) return 0;
        mark(found, inlet, id, block + at, length);
        at += length;
    }
    return 1;
}

/* Reads the elements of the other form (RFC 8285 4.3). */
static int scan_two_byte(marks *found, const core_inlet *inlet, const uint8_t *block, int size) {
    for (int at = 0; at + 1 < size;) {
        int id = block[at++];
        if (id == 0) continue;
        int length = block[at++];
        if (at + length > size) return 0;
        mark(found, inlet, id, block + at, length);
        at += length;
    }
    return 1;
}

/* How long the header extensions of a packet are, their block's own header included; -1 when they don't fit. */
static int scan(marks *found, const core_inlet *inlet, const uint8_t *data, int size) {
    int fixed = HEADER + 4 * (data[0] & 0x0F);
    if (!(data[0] & EXTENSION)) return size < fixed ? -1 : 0;
    if (size < fixed + 4) return -1;
    uint32_t profile = be16(data + fixed);
    const uint8_t *block = data + fixed + 4;
    int length = 4 * (int)be16(data + fixed + 2), whole = 1;
    if (size < fixed + 4 + length) return -1;
    if (profile == ONE_BYTE) whole = scan_one_byte(found, inlet, block, length);
    if ((profile & 0xFFF0) == TWO_BYTE) whole = scan_two_byte(found, inlet, block, length);
    return whole ? 4 + length : -1;
}

static void note_marks(core_inlet *inlet, const core_stream *stream, const marks *found, double now) {
    if (found->wide >= 0 && inlet->arrival_count < CORE_ARRIVALS)
        inlet->arrivals[inlet->arrival_count++] = (core_arrival){(uint16_t)found->wide, (int64_t)(now * 1e6)};
    if (found->level >= 0 && stream->audio && !stream->tally.muted && inlet->level_count < CORE_LEVELS)
        inlet->levels[inlet->level_count++] = (uint8_t)found->level;
}

/* Takes a decrypted packet; 0 when Python is to take it instead. `pieces` grows by what is to be sent on. */
static int take(core_inlet *inlet, uint8_t *data, int size, double now, piece *pieces, int *ready) {
    core_stream *stream = source_of(inlet, be32(data + 8));
    marks found = {-1, -1};
    if (!stream || (stream->tally.waiting && !stream->tally.muted)) return 0;
    int extensions = scan(&found, inlet, data, size);
    if (extensions < 0) return 0;
    note_marks(inlet, stream, &found, now);
    memmove(data + extensions, data, (size_t)(HEADER + 4 * (data[0] & 0x0F)));
    data += extensions;
    data[0] &= (uint8_t)~EXTENSION;
    piece next = {.stream = stream, .data = data, .size = size - extensions};
    int arrival = core_note(stream, next.data, next.size, now);
    next.newest = arrival == NEWEST;
    if (arrival != REPEATED && !stream->tally.muted && describe(&next)) pieces[(*ready)++] = next;
    return 1;
}

/* Whether it has the shape of RTP (RFC 7983 section 7) and not of RTCP (RFC 5761 section 4). */
static int is_rtp(const uint8_t *data, int size) {
    return size >= HEADER && data[0] >> 6 == 2 && !(data[1] >= 192 && data[1] < 224);
}

static void up(core_engine *engine, int *upwards, int place, int size, int opened) {
    core_upward next = {engine->in[place], size, opened, (uint8_t *)&engine->in_names[place]};
    engine->upwards[(*upwards)++] = next;
}

/* Decides what becomes of one datagram; says how many pieces are ready then. */
static int sort(core_engine *engine, int descriptor, int place, double now, int ready, int *upwards) {
    uint8_t *data = engine->in[place], key[sizeof(way_in)];
    int size = (int)engine->in_messages[place].msg_len;
    core_inlet *inlet = NULL;
    BOUND(data, size);
    if (is_rtp(data, size)) {
        key_of(key, descriptor, (uint8_t *)&engine->in_names[place]);
        inlet = find(engine, key);
    }
    if (!inlet) {
        if (size) up(engine, upwards, place, size, 0);
        return ready;
    }
    if (engine->unprotect(inlet->inbound, data, &size) || size < HEADER) {
        engine->counts.refused++;
        return ready;
    }
    inlet->heard = now;
    /* once a packet went up, all later ones of that batch follow it, so that a peer's packets stay in order */
    if (inlet->up_in == engine->batch || !take(inlet, data, size, now, engine->pieces, &ready)) {
        inlet->up_in = engine->batch;
        up(engine, upwards, place, size, 1);
    }
    return ready;
}

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
