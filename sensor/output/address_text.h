/* address_text: text of addresses as Suricata writes them: IPv4 dotted, IPv6 as eight groups of four digits, never
 * shortened ("2001:41d0:000a:..."), so that one address has one text. */
#ifndef STORMGLASS_OUTPUT_ADDRESS_TEXT_H
#define STORMGLASS_OUTPUT_ADDRESS_TEXT_H

#include "sensor/model/packet.h"

enum { ADDRESS_TEXT_LEN = 39, ADDRESS_TEXT_MAC_LEN = 17 };

/* At most ADDRESS_TEXT_LEN bytes, no NUL; returns how many. Any ip_version but 4 is taken for 6. */
size_t address_text(char *out, const struct address *address, uint8_t ip_version);

/* "02:00:5e:00:53:01": ADDRESS_TEXT_MAC_LEN bytes, no NUL. */
void address_text_mac(char *out, const uint8_t mac[6]);

#endif
