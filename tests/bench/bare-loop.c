/* bare-loop FILE: reads a capture with libpcap and touches one byte of each packet: what any libpcap
 * program pays first. */
#include <inttypes.h>
#include <pcap/pcap.h>
#include <stdio.h>

int main(int argc, char **argv)
{
	char error[PCAP_ERRBUF_SIZE];
	uint64_t packets = 0, bytes = 0, touched = 0;
	struct pcap_pkthdr *header;
	const unsigned char *data;
	pcap_t *pcap;
	int status;

	if (argc != 2) {
		fprintf(stderr, "usage: bare-loop FILE\n");
		return 1;
	}
	pcap = pcap_open_offline(argv[1], error);
	if (!pcap) {
		fprintf(stderr, "bare-loop: %s\n", error);
		return 1;
	}
	while ((status = pcap_next_ex(pcap, &header, &data)) == 1) {
		packets++;
		bytes += header->caplen;
		touched += header->caplen ? data[0] : 0;
	}
	if (status == PCAP_ERROR)
		fprintf(stderr, "bare-loop: %s\n", pcap_geterr(pcap));
	pcap_close(pcap);
	/* the sum keeps the touch from being optimised away */
	printf("{\"packets\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"sum\":%" PRIu64 "}\n", packets, bytes, touched);
	return status == PCAP_ERROR ? 2 : 0;
}
