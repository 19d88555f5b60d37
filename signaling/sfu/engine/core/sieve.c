/* Part of core.c. What a receiver goes without, as engine/sieve.py does it, and numbers that close up over that. */

static core_sieve *sieve_new(const core_outlet *outlet, int64_t since) {
    core_sieve *sieve = calloc(1, sizeof *sieve);
    if (!sieve) return NULL;
    sieve->since = since;
    sieve->newest = since - 1;
    sieve->before = outlet->by;
    sieve->level = CORE_MOST_TEMPORAL;
    return sieve;
}

/* Decides on every picture from an index on, once one may have to be left out. */
static void thin(core_outlet *outlet, int64_t since, const uint32_t *timestamp) {
    if (outlet->sieve || outlet->temporal >= CORE_MOST_TEMPORAL) return;
    outlet->sieve = sieve_new(outlet, since);
    if (!outlet->sieve || !timestamp) return;
    outlet->sieve->timestamp = *timestamp;
    outlet->sieve->timed = 1;
}

static core_place *place_of(core_sieve *sieve, int64_t index) { return &sieve->places[index & (CORE_HISTORY - 1)]; }

static void note_place(core_outlet *outlet, int64_t index, int left_out) {
    *place_of(outlet->sieve, index) = (core_place){index, outlet->by, 1, (uint8_t)left_out};
}

static int late(core_sieve *sieve, int64_t index, core_shift *by) {
    const core_place *place = place_of(sieve, index);
    if (index < sieve->since) {
        *by = sieve->before;
        return 1;
    }
    *by = place->by;
    return place->known && place->index == index && !place->left_out;
}

static void begin_picture(core_outlet *outlet, const piece *piece) {
    core_sieve *sieve = outlet->sieve;
    const picture_numbers *numbers = &piece->numbers;
    sieve->timestamp = piece->timestamp;
    sieve->timed = 1;
    if (numbers->key_frame)
        sieve->level = outlet->temporal;
    else if (numbers->sync && numbers->layer > sieve->level)
        sieve->level = numbers->layer;
    if (sieve->level > outlet->temporal) sieve->level = outlet->temporal;
    sieve->leaving = numbers->layer > sieve->level;
    if (sieve->leaving) outlet->by.picture--;
}

static int leave_out(core_outlet *outlet, const piece *piece) {
    outlet->by.sequence--;
    outlet->left_out++;
    outlet->left_out_octets += (uint64_t)piece->size;
    return 0;
}

static int sift(core_outlet *outlet, const piece *piece, core_shift *by) {
    core_sieve *sieve = outlet->sieve;
    int64_t missing = sieve->newest + 1, oldest = piece->index - CORE_HISTORY + 1;
    for (missing = missing > oldest ? missing : oldest; missing < piece->index; missing++)
        note_place(outlet, missing, 0);
    if (!piece->empty && !(sieve->timed && piece->timestamp == sieve->timestamp)) begin_picture(outlet, piece);
    int left_out = piece->empty || sieve->leaving;
    note_place(outlet, piece->index, left_out);
    sieve->newest = piece->index;
    *by = outlet->by;
    return left_out ? leave_out(outlet, piece) : 1;
}

/* How a packet's numbers move; 0 when the receiver goes without it. */
static int shift_of(core_outlet *outlet, const piece *piece, core_shift *by) {
    *by = outlet->by;
    if (!outlet->sieve) {
        if (!piece->empty || !piece->newest) return 1;
        outlet->sieve = sieve_new(outlet, piece->index);
        if (!outlet->sieve) return 1;
    }
    return piece->newest ? sift(outlet, piece, by) : late(outlet->sieve, piece->index, by);
}

static int sieve_origin(const core_outlet *outlet, uint32_t sequence, core_shift *by) {
    core_sieve *sieve = outlet->sieve;
    int64_t oldest = sieve->newest - CORE_HISTORY + 1, index = sieve->newest;
    if (oldest < sieve->since) oldest = sieve->since;
    for (; index >= oldest; index--)
        if (late(sieve, index, by) && (((uint32_t)index + by->sequence) & 0xFFFF) == sequence) return (int)(index & 0xFFFF);
    *by = sieve->before;
    index = sieve->newest - (int64_t)(((uint32_t)sieve->newest + by->sequence - sequence) & 0xFFFF);
    return index >= outlet->first && index < sieve->since ? (int)(index & 0xFFFF) : -1;
}

/* The source's packet that went to a receiver under this number; -1 when none did, or it can't be told any more. */
int core_origin(core_stream *stream, int place, int sequence, core_shift *by) {
    if (place < 0 || place >= stream->count) return -1;
    const core_outlet *outlet = stream->outlets + place;
    if (outlet->sieve) return sieve_origin(outlet, (uint32_t)sequence & 0xFFFF, by);
    *by = outlet->by;
    uint32_t source = ((uint32_t)sequence - by->sequence) & 0xFFFF;
    return index_of(stream, source) >= outlet->first ? (int)source : -1;
}
