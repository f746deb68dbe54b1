#include "sensor/input/live_socket.h"

#include <endian.h>
#include <errno.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "sensor/input/linktype.h"

enum { RETRY_FIRST_MS = 50, RETRY_MAX_MS = 2000, SECOND_NS = 1000000000 };

struct live_socket {
	pcap_t *pcap;
	const char *name;
	uint32_t link_type;
	int hardware;              /* ARPHRD_ value */
	unsigned index;            /* of the interface it is bound to */
	bool promiscuous, joined;
	bool gone, dead;
	bool rebound;              /* and libpcap still waits for the interface that was */
	int64_t retry_ms, retry_at_ms;
	struct pcap_stat counted;  /* as pcap_stats gave it last */
	char error[PCAP_ERRBUF_SIZE + IF_NAMESIZE];
};

static int64_t now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* ---- opening ---- */

static pcap_t *handle_new(const struct live_config *config, const char *name, struct errors *errors)
{
	char error[PCAP_ERRBUF_SIZE];
	pcap_t *pcap = pcap_create(name, error);

	if (!pcap) {
		errors_add(errors, name, 0, "%s", error);
		return NULL;
	}
	pcap_set_snaplen(pcap, (int)config->snaplen);
	pcap_set_promisc(pcap, config->promiscuous);
	pcap_set_timeout(pcap, (int)config->wait_ms);
	pcap_set_buffer_size(pcap, (int)config->ring_len);
	pcap_set_tstamp_precision(pcap, PCAP_TSTAMP_PRECISION_NANO); /* AF_PACKET always can */
	return pcap;
}

/* Why an interface could not be opened, and what to do about it. */
static void explain(pcap_t *pcap, int status, const char *name, struct errors *errors)
{
	if (status == PCAP_ERROR_NO_SUCH_DEVICE)
		errors_add(errors, name, 0, "there is no such interface");
	else if (status == PCAP_ERROR_PERM_DENIED)
		errors_add(errors, name, 0, "may not be read by this user: start as root (which is given up), or with CAP_NET_RAW");
	else if (status == PCAP_ERROR_IFACE_NOT_UP)
		errors_add(errors, name, 0, "the interface is down");
	else
		errors_add(errors, name, 0, "%s", *pcap_geterr(pcap) ? pcap_geterr(pcap) : pcap_statustostr(status));
}

static bool set_filter(pcap_t *pcap, const char *text, const char *name, struct errors *errors)
{
	struct bpf_program program;

	if (!text)
		return true;
	if (pcap_compile(pcap, &program, text, 1, PCAP_NETMASK_UNKNOWN) != 0) {
		errors_add(errors, name, 0, "filter '%s': %s", text, pcap_geterr(pcap));
		return false;
	}
	bool ok = pcap_setfilter(pcap, &program) == 0;

	if (!ok)
		errors_add(errors, name, 0, "filter '%s': %s", text, pcap_geterr(pcap));
	pcap_freecode(&program);
	return ok;
}

static bool is_up(int fd, const char *name)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	return ioctl(fd, SIOCGIFFLAGS, &request) == 0 && (request.ifr_flags & IFF_UP);
}

/* Its ARPHRD_ value; -1: there is none of that name. */
static int hardware_of(int fd, const char *name)
{
	struct ifreq request = { 0 };

	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	return ioctl(fd, SIOCGIFHWADDR, &request) == 0 ? request.ifr_hwaddr.sa_family : -1;
}

struct live_socket *live_socket_open(const struct live_config *config, const char *name, struct errors *errors)
{
	struct live_socket *live = calloc(1, sizeof *live);
	char error[PCAP_ERRBUF_SIZE];

	if (!live)
		return NULL;
	live->name = name;
	live->promiscuous = config->promiscuous;
	live->pcap = handle_new(config, name, errors);
	int status = live->pcap ? pcap_activate(live->pcap) : 0; /* above zero: a warning */

	if (status < 0)
		explain(live->pcap, status, name, errors);
	if (!live->pcap || status < 0 || !set_filter(live->pcap, config->filter, name, errors)) {
		live_socket_close(live);
		return NULL;
	}
	if (pcap_setnonblock(live->pcap, 1, error) != 0) {
		errors_add(errors, name, 0, "%s", error);
		live_socket_close(live);
		return NULL;
	}
	live->link_type = linktype_of_dlt(pcap_datalink(live->pcap));
	live->index = if_nametoindex(name);
	live->hardware = hardware_of(pcap_fileno(live->pcap), name);
	pcap_stats(live->pcap, &live->counted);
	return live;
}

/* Packets of a flow go to one socket, in both directions; the kernel puts IPv4 fragments together first, else a
 * datagram's would go to several. The kernel chooses the group's number, so that no other program's is met. */
bool live_socket_join(struct live_socket *live, struct live_socket *first, struct errors *errors)
{
	unsigned mode = PACKET_FANOUT_HASH | PACKET_FANOUT_FLAG_DEFRAG, group = 0;
	socklen_t len = sizeof group;

	if (live == first)
		mode |= PACKET_FANOUT_FLAG_UNIQUEID;
	else if (getsockopt(pcap_fileno(first->pcap), SOL_PACKET, PACKET_FANOUT, &group, &len) != 0)
		group = 0;
	group = (group & 0xffff) | mode << 16;
	if (setsockopt(pcap_fileno(live->pcap), SOL_PACKET, PACKET_FANOUT, &group, sizeof group) != 0) {
		errors_add(errors, live->name, 0, "--fanout: %s", strerror(errno));
		return false;
	}
	live->joined = true;
	return true;
}

/* ---- reading ---- */

static enum live_socket_status die(struct live_socket *live, const char *why)
{
	snprintf(live->error, sizeof live->error, "%s: %s", live->name, why);
	live->dead = true;
	return LIVE_SOCKET_DEAD;
}

/* Binds the socket to the interface that bears the name now. */
static bool rebind(struct live_socket *live)
{
	int fd = pcap_fileno(live->pcap);
	unsigned index = if_nametoindex(live->name);
	struct sockaddr_ll address = { .sll_family = AF_PACKET, .sll_protocol = htobe16(ETH_P_ALL),
		.sll_ifindex = (int)index };
	struct packet_mreq promiscuous = { .mr_ifindex = (int)index, .mr_type = PACKET_MR_PROMISC };

	if (!index || bind(fd, (struct sockaddr *)&address, sizeof address) != 0)
		return false;
	if (live->promiscuous)
		setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &promiscuous, sizeof promiscuous);
	live->index = index;
	return true;
}

static enum live_socket_status look_again(struct live_socket *live)
{
	int64_t now = now_ms();

	if (now < live->retry_at_ms)
		return LIVE_SOCKET_DOWN;
	int hardware = hardware_of(pcap_fileno(live->pcap), live->name);

	if (hardware >= 0 && hardware != live->hardware)
		return die(live, "the interface came back as one of another kind; start anew");
	if (hardware >= 0 && is_up(pcap_fileno(live->pcap), live->name) && rebind(live)) {
		live->gone = false;
		live->rebound = true;
		return LIVE_SOCKET_NOTHING;
	}
	live->retry_ms = live->retry_ms * 2 < RETRY_MAX_MS ? live->retry_ms * 2 : RETRY_MAX_MS;
	live->retry_at_ms = now + live->retry_ms;
	return LIVE_SOCKET_DOWN;
}

/* libpcap waits itself for an interface that is down, and fails when it is gone. */
static enum live_socket_status lost(struct live_socket *live)
{
	if (if_nametoindex(live->name) == live->index)
		return die(live, pcap_geterr(live->pcap));
	if (live->joined)
		return die(live, "the interface is gone; a fanout group cannot wait for it");
	live->gone = true;
	live->retry_ms = RETRY_FIRST_MS;
	live->retry_at_ms = now_ms() + live->retry_ms;
	return LIVE_SOCKET_DOWN;
}

static bool waits_for_link(struct live_socket *live)
{
	bool waits = pcap_get_required_select_timeout(live->pcap) != NULL;

	live->rebound &= waits;
	return waits && !(live->rebound && is_up(pcap_fileno(live->pcap), live->name));
}

enum live_socket_status live_socket_next(struct live_socket *live, struct frame *frame)
{
	struct pcap_pkthdr *header;
	const u_char *data;

	if (live->dead)
		return LIVE_SOCKET_DEAD;
	if (live->gone)
		return look_again(live);
	int status = pcap_next_ex(live->pcap, &header, &data);

	if (status < 0)
		return lost(live);
	if (status == 0)
		return waits_for_link(live) ? LIVE_SOCKET_DOWN : LIVE_SOCKET_NOTHING;
	frame->time_ns = (int64_t)header->ts.tv_sec * SECOND_NS + header->ts.tv_usec; /* nanoseconds, as asked for */
	frame->link_type = live->link_type;
	frame->wire_len = header->len > header->caplen ? header->len : header->caplen;
	frame->data = bytes_of(data, header->caplen);
	return LIVE_SOCKET_FRAME;
}

/* ---- what it is ---- */

const char *live_socket_error(const struct live_socket *live)
{
	return live->error;
}

const char *live_socket_name(const struct live_socket *live)
{
	return live->name;
}

int live_socket_fd(const struct live_socket *live)
{
	return pcap_fileno(live->pcap);
}

/* libpcap's counters have 32 bits and wrap. */
void live_socket_count(struct live_socket *live, struct live_stats *stats)
{
	struct pcap_stat now;

	if (live->dead || pcap_stats(live->pcap, &now) != 0)
		return;
	stats->received += now.ps_recv - live->counted.ps_recv;
	stats->dropped += now.ps_drop - live->counted.ps_drop;
	stats->ifdropped += now.ps_ifdrop - live->counted.ps_ifdrop;
	live->counted = now;
}

void live_socket_close(struct live_socket *live)
{
	if (!live)
		return;
	if (live->pcap)
		pcap_close(live->pcap);
	free(live);
}
