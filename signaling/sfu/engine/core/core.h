/* What the compiled core keeps, read alike by the C compiler and by cffi: so no directive here but plain numbers. */

#define CORE_BATCH 64
#define CORE_QUEUE 128
#define CORE_CELL 2048
#define CORE_MAX_PACKET 1500
#define CORE_HISTORY 512
#define CORE_TYPES 128
#define CORE_NO_TYPE 255
#define CORE_VP8 1
#define CORE_VP9 2
#define CORE_NAME 28
#define CORE_SOURCES 64
#define CORE_ARRIVALS 1024
#define CORE_LEVELS 64
#define CORE_GAPS 64
#define CORE_BUCKETS 1024
#define CORE_MOST_TEMPORAL 3

/* Counts of one engine; `Counts` in engine/base.py has the same names. */
typedef struct {
    uint64_t sent, dropped, received, refused;
} core_counts;

/* Numbers of one source; `Tally` in engine/base.py has the same names. */
typedef struct {
    uint32_t base, highest, cycles;
    uint64_t received;
    double jitter, transit;
    uint32_t timestamp;
    int picture, tl0;
    uint64_t forwarded, octets;
    uint64_t layer_octets[4]; /* by temporal layer, of which there are CORE_MOST_TEMPORAL + 1 */
    int muted, waiting, payload_type;
} core_tally;

/* `missing` packets after `after` weren't there when a later one came. */
typedef struct {
    uint32_t after, missing;
    double at;
} core_gap;

/* What is added to the numbers of one packet. */
typedef struct {
    uint16_t sequence;
    int picture;
} core_shift;

/* What became of one packet of the source. */
typedef struct {
    int64_t index;
    core_shift by;
    uint8_t known, left_out;
} core_place;

/* Decides what a receiver goes without; `Sieve` in engine/sieve.py tells what the numbers mean. */
typedef struct {
    int64_t since, newest;
    core_shift before;
    uint32_t timestamp;
    int timed, level, leaving;
    core_place places[CORE_HISTORY];
} core_sieve;

/* One receiver; `Outlet` in engine/outlet.py tells what the numbers mean. A receiver with a `way` is served by Python. */
typedef struct {
    void *outbound, *way;
    int descriptor;
    uint8_t name[CORE_NAME];
    uint32_t ssrc, timestamp_by;
    core_shift by;
    int tl0_by, temporal;
    int64_t first;
    uint64_t left_out, left_out_octets;
    core_sieve *sieve;
    uint8_t types[CORE_TYPES];
} core_outlet;

/* Plain packets that a recorder fetches: before each, when it was sent on and how long it is (`tapped` in base.py).
 * What finds no room is counted. */
typedef struct {
    uint8_t *data;
    uint32_t room, fill, lost;
} core_tap;

typedef struct {
    core_tally tally;
    core_tap tap;
    double clock;
    int keeps, audio;
    uint8_t numbered[CORE_TYPES];
    core_outlet *outlets;
    int count, room;
    core_gap gaps[CORE_GAPS];
    int gap_count, gaps_lost;
    uint8_t known[CORE_HISTORY];
    uint16_t sequences[CORE_HISTORY], sizes[CORE_HISTORY];
    uint8_t *history;
} core_stream;

typedef struct {
    uint16_t sequence;
    int64_t microseconds;
} core_arrival;

/* A peer's settled path: what comes over it from a known source, Python needn't see. */
typedef struct core_inlet {
    struct core_inlet *next;
    uint8_t key[24];
    uint64_t up_in;
    void *inbound;
    int wide_id, level_id;
    double heard;
    int source_count;
    uint32_t ssrcs[CORE_SOURCES];
    core_stream *streams[CORE_SOURCES];
    int arrival_count, level_count;
    core_arrival arrivals[CORE_ARRIVALS];
    uint8_t levels[CORE_LEVELS];
} core_inlet;

/* A datagram that Python is to see; `opened` says that it is decrypted already. */
typedef struct {
    uint8_t *data;
    int size, opened;
    uint8_t *name;
} core_upward;

typedef struct core_engine core_engine;

core_engine *core_new(void *protect, void *unprotect);
void core_free(core_engine *engine);
void core_segment(core_engine *engine, int wanted);
core_counts *core_counts_of(core_engine *engine);
core_upward *core_upwards_of(core_engine *engine);
int core_run(core_engine *engine, int descriptor, int *upwards);

core_inlet *core_inlet_new(void *inbound);
void core_inlet_free(core_inlet *inlet);
void core_settle(core_engine *engine, core_inlet *inlet, int descriptor, const uint8_t *name);
void core_leave(core_engine *engine, core_inlet *inlet);
int core_route(core_inlet *inlet, uint32_t ssrc, core_stream *stream);

core_stream *core_stream_new(double clock, int keeps);
void core_stream_free(core_stream *stream);
int core_note(core_stream *stream, const uint8_t *packet, int size, double now);
int core_send(core_engine *engine, core_stream *stream, const uint8_t *packet, int size, int newest);
int core_holds(const core_stream *stream, int sequence);
const uint8_t *core_recall(const core_stream *stream, int sequence, int *size);
int core_origin(core_stream *stream, int place, int sequence, core_shift *by);
int core_tap_open(core_stream *stream, uint32_t room);
void core_tap_close(core_stream *stream);
int core_begin(core_stream *stream, const core_outlet *outlet);
int core_update(core_stream *stream, int place, const core_outlet *outlet);
int core_end(core_stream *stream, int place);
