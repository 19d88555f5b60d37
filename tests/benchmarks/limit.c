/* The least that fanning a packet out can cost: libsrtp for each copy, and one sendmmsg for all of them. */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST = 256, CELL = 2048 };

typedef int (*srtp_call)(void *session, void *packet, int *size);

static uint8_t cells[MOST][CELL];
static struct mmsghdr messages[MOST];
static struct iovec vectors[MOST];

/* Sends `bursts` times `burst` packets to all of `count` ports and rests after each burst; returns what was sent. */
long limit_run(srtp_call protect, void **sessions, const uint16_t *ports, int count, int descriptor,
               const uint8_t *packet, int length, int bursts, int burst, long rest_us) {
    struct sockaddr_in names[MOST];
    static uint16_t sequence; /* goes on: SRTP may use a number once only */
    long sent = 0;
    if (count > MOST || length > CELL - 64) return -1;
    for (int each = 0; each < count; each++) {
        names[each] = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons(ports[each])};
        names[each].sin_addr.s_addr = htonl(INADDR_LOOPBACK);
        vectors[each].iov_base = cells[each];
        messages[each].msg_hdr = (struct msghdr){.msg_name = &names[each], .msg_namelen = sizeof names[each]};
        messages[each].msg_hdr.msg_iov = &vectors[each];
        messages[each].msg_hdr.msg_iovlen = 1;
    }
    for (int turn = 0; turn < bursts; turn++) {
        for (int part = 0; part < burst; part++, sequence++) {
            for (int each = 0; each < count; each++) {
                int size = length;
                memcpy(cells[each], packet, (size_t)length);
                cells[each][2] = (uint8_t)(sequence >> 8);
                cells[each][3] = (uint8_t)sequence;
                if (protect(sessions[each], cells[each], &size)) return -1;
                vectors[each].iov_len = (size_t)size;
            }
            for (int start = 0, some; start < count && (some = sendmmsg(descriptor, messages + start, (unsigned)(count - start), 0)) > 0;) {
                start += some;
                sent += some;
            }
        }
        struct timespec rest = {.tv_sec = 0, .tv_nsec = rest_us * 1000};
        nanosleep(&rest, NULL);
    }
    return sent;
}
