/* Part of core.c. In: who sent a datagram, and whether Python needs to see it. */

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

/* Whether a slot may start with a packet, or its codec isn't the one that went before. */
static int to_be_seen(const core_tally *tally, int payload_type) {
    return tally->waiting || tally->payload_type != payload_type;
}

/* Takes a decrypted packet; 0 when Python is to take it instead. `pieces` grows by what is to be sent on. */
static int take(core_inlet *inlet, uint8_t *data, int size, double now, piece *pieces, int *ready) {
    core_stream *stream = source_of(inlet, be32(data + 8));
    marks found = {-1, -1};
    if (!stream || (!stream->tally.muted && to_be_seen(&stream->tally, data[1] & 0x7F))) return 0;
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
