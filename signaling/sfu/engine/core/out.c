/* Part of core.c. Out: rewritten, encrypted copies, queued and handed to the kernel together. */

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

static void shift_picture(uint8_t *copy, int picture_by, int tl0_by, const picture_numbers *numbers) {
    if (numbers->picture_at) {
        uint32_t picture = (uint32_t)numbers->picture + (uint32_t)picture_by;
        if (numbers->wide)
            put16(copy + numbers->picture_at, 0x8000 | (picture & 0x7FFF));
        else
            copy[numbers->picture_at] = picture & 0x7F;
    }
    if (numbers->tl0_at) copy[numbers->tl0_at] = (uint8_t)(numbers->tl0 + tl0_by);
}

static void rewrite(uint8_t *copy, const core_outlet *outlet, const piece *piece, core_shift by, uint8_t type) {
    memcpy(copy, piece->data, (size_t)piece->size);
    copy[1] = (piece->data[1] & MARKER) | type;
    put16(copy + 2, be16(piece->data + 2) + by.sequence);
    put32(copy + 4, be32(piece->data + 4) + outlet->timestamp_by);
    put32(copy + 8, outlet->ssrc);
    if (by.picture || outlet->tl0_by) shift_picture(copy, by.picture, outlet->tl0_by, &piece->numbers);
}

static void serve(core_engine *engine, const core_outlet *outlet, const piece *piece, core_shift by) {
    uint8_t type = outlet->types[piece->data[1] & 0x7F];
    int size = piece->size;
    if (type == CORE_NO_TYPE || size > CORE_MAX_PACKET) {
        engine->counts.dropped++;
        return;
    }
    if (engine->cells == CORE_QUEUE || engine->descriptor != outlet->descriptor) flush(engine);
    engine->descriptor = outlet->descriptor;
    uint8_t *copy = engine->out[engine->cells];
    rewrite(copy, outlet, piece, by, type);
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
    core_stream *stream = pieces->stream;
    core_shift by;
    if (stream->tap.data) {
        double now = monotonic();
        for (const piece *each = pieces; each != pieces + count; each++)
            let_drip(&stream->tap, each->data, each->size, now);
    }
    for (core_outlet *outlet = stream->outlets, *end = outlet + stream->count; outlet != end; outlet++)
        for (const piece *each = pieces; each != pieces + count; each++)
            if ((each->newest || outlet->first <= each->index) && shift_of(outlet, each, &by))
                serve(engine, outlet, each, by);
}

/* Reads a picture number of one or two octets; 0 when it is cut short. */
static int read_picture(picture_numbers *found, const uint8_t *packet, int *at, int size) {
    if (*at >= size) return 0;
    found->picture_at = *at;
    found->picture = packet[*at];
    found->wide = packet[(*at)++] >> 7;
    if (!found->wide) return 1;
    if (*at >= size) return 0;
    found->picture = (found->picture & 0x7F) << 8 | packet[(*at)++];
    return 1;
}

static int read_tl0(picture_numbers *found, const uint8_t *packet, int *at, int size) {
    if (*at >= size) return 0;
    found->tl0_at = *at;
    found->tl0 = packet[(*at)++];
    return 1;
}

static picture_numbers parse_vp8(const uint8_t *packet, int offset, int size) {
    static const picture_numbers nothing;
    picture_numbers found = {0};
    int at = offset + 1, flags = 0;
    if (offset >= size) return nothing;
    int starts = (packet[offset] & 0x10) && !(packet[offset] & 0x07);
    if (packet[offset] & 0x80) {
        if (at >= size) return nothing;
        flags = packet[at++];
    }
    if ((flags & 0x80) && !read_picture(&found, packet, &at, size)) return nothing;
    if ((flags & 0x40) && !read_tl0(&found, packet, &at, size)) return nothing;
    if (flags & 0x20) {
        if (at >= size) return nothing;
        found.layer = packet[at] >> 6;
        found.sync = packet[at] >> 5 & 1;
    }
    if (flags & 0x30) at++;
    if (!starts) return found;
    if (at >= size) return nothing;
    found.key_frame = !(packet[at] & 0x01);
    return found;
}

static picture_numbers parse_vp9(const uint8_t *packet, int offset, int size) {
    static const picture_numbers nothing;
    picture_numbers found = {0};
    int at = offset + 1;
    if (offset >= size) return nothing;
    int head = packet[offset];
    if ((head & 0x80) && !read_picture(&found, packet, &at, size)) return nothing;
    if (!(head & 0x20)) return found;
    if (at++ >= size) return nothing;
    return (head & 0x10) || read_tl0(&found, packet, &at, size) ? found : nothing;
}

static picture_numbers numbers_of(const core_stream *stream, const uint8_t *packet, int offset, int size) {
    static const picture_numbers nothing;
    int kind = stream->numbered[packet[1] & 0x7F];
    if (kind == CORE_VP8) return parse_vp8(packet, offset, size);
    return kind == CORE_VP9 ? parse_vp9(packet, offset, size) : nothing;
}

/* Fills in what all copies of a packet share; 0 when its header is longer than itself. */
static int describe(piece *piece) {
    const uint8_t *data = piece->data;
    core_tally *tally = &piece->stream->tally;
    int offset = HEADER + 4 * (data[0] & 0x0F);
    if (piece->size < offset) return 0;
    piece->index = index_of(piece->stream, be16(data + 2));
    piece->timestamp = be32(data + 4);
    piece->empty = piece->size - offset <= (data[0] & PADDING ? data[piece->size - 1] : 0);
    piece->numbers = numbers_of(piece->stream, data, offset, piece->size);
    if (piece->newest)
        tally->timestamp = piece->timestamp;
    if (piece->newest && !piece->empty) {
        tally->picture = piece->numbers.picture;
        tally->tl0 = piece->numbers.tl0;
    }
    tally->forwarded++;
    tally->octets += (uint64_t)piece->size;
    tally->layer_octets[piece->numbers.layer & CORE_MOST_TEMPORAL] += (uint64_t)piece->size;
    return 1;
}

int core_send(core_engine *engine, core_stream *stream, const uint8_t *packet, int size, int newest) {
    piece only = {.stream = stream, .data = packet, .size = size, .newest = newest};
    if (size < HEADER || !describe(&only)) return -1;
    fan_out(engine, &only, 1);
    flush(engine);
    return 0;
}
