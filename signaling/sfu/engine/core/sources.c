/* Part of core.c. Sources: what arrived, the packets that may be asked for again, and the receivers of copies. */

core_stream *core_stream_new(double clock, int keeps) {
    core_stream *stream = calloc(1, sizeof *stream);
    if (!stream) return NULL;
    stream->clock = clock;
    stream->tally.transit = NAN;
    stream->tally.payload_type = -1;
    stream->keeps = keeps;
    if (keeps && !(stream->history = malloc((size_t)CORE_HISTORY * CORE_MAX_PACKET))) {
        free(stream);
        return NULL;
    }
    return stream;
}

void core_stream_free(core_stream *stream) {
    if (!stream) return;
    for (int each = 0; each < stream->count; each++) free(stream->outlets[each].sieve);
    free(stream->history);
    free(stream->outlets);
    free(stream->tap.data);
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

int core_tap_open(core_stream *stream, uint32_t room) {
    uint8_t *data = malloc(room);
    if (!data) return -1;
    core_tap_close(stream);
    stream->tap = (core_tap){.data = data, .room = room};
    return 0;
}

void core_tap_close(core_stream *stream) {
    free(stream->tap.data);
    stream->tap = (core_tap){0};
}

/* Keeps a packet that is sent on for the recorder, as it is before any receiver's numbers are put in. */
static void let_drip(core_tap *tap, const uint8_t *packet, int size, double now) {
    uint16_t length = (uint16_t)size;
    uint32_t needed = (uint32_t)(sizeof now + sizeof length) + (uint32_t)size;
    if (size > CORE_CELL || needed > tap->room - tap->fill) {
        tap->lost++;
        return;
    }
    uint8_t *at = tap->data + tap->fill;
    memcpy(at, &now, sizeof now);
    memcpy(at + sizeof now, &length, sizeof length);
    memcpy(at + sizeof now + sizeof length, packet, (size_t)size);
    tap->fill += needed;
}

int core_begin(core_stream *stream, const core_outlet *outlet) {
    if (stream->count == stream->room) {
        int room = stream->room ? 2 * stream->room : 4;
        core_outlet *more = realloc(stream->outlets, (size_t)room * sizeof *more);
        if (!more) return -1;
        stream->outlets = more;
        stream->room = room;
    }
    core_outlet *mine = stream->outlets + stream->count++;
    *mine = *outlet;
    mine->sieve = NULL;
    mine->left_out = mine->left_out_octets = 0;
    thin(mine, mine->first, NULL);
    return 0;
}

int core_update(core_stream *stream, int place, const core_outlet *outlet) {
    if (place < 0 || place >= stream->count) return -1;
    core_outlet *mine = stream->outlets + place, before = *mine;
    *mine = *outlet;
    mine->by = before.by;
    mine->sieve = before.sieve;
    mine->left_out = before.left_out;
    mine->left_out_octets = before.left_out_octets;
    thin(mine, index_of(stream, stream->tally.highest) + 1, &stream->tally.timestamp);
    return 0;
}

int core_end(core_stream *stream, int place) {
    if (place < 0 || place >= stream->count) return -1;
    free(stream->outlets[place].sieve);
    size_t after = (size_t)(--stream->count - place);
    memmove(stream->outlets + place, stream->outlets + place + 1, after * sizeof *stream->outlets);
    return 0;
}
