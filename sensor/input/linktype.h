/* linktype: libpcap's DLT_ values and the LINKTYPE_ values of captures; they differ where operating systems did
 * (tcpdump.org). */
#ifndef STORMGLASS_INPUT_LINKTYPE_H
#define STORMGLASS_INPUT_LINKTYPE_H

#include <pcap/dlt.h>
#include <stdint.h>

enum { LINKTYPE_ATM_RFC1483 = 100, LINKTYPE_RAW = 101 };

static inline uint32_t linktype_of_dlt(int dlt)
{
	if (dlt == DLT_RAW)
		return LINKTYPE_RAW;
	return dlt == DLT_ATM_RFC1483 ? LINKTYPE_ATM_RFC1483 : (uint32_t)dlt;
}

static inline int linktype_to_dlt(uint32_t link_type)
{
	if (link_type == LINKTYPE_RAW)
		return DLT_RAW;
	return link_type == LINKTYPE_ATM_RFC1483 ? DLT_ATM_RFC1483 : (int)link_type;
}

#endif
