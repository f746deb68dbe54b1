/* anomaly: traffic that breaks its protocol, or a cap that was reached. A fact like any other: rules decide. */
#ifndef STORMGLASS_MODEL_ANOMALY_H
#define STORMGLASS_MODEL_ANOMALY_H

#include "sensor/model/record.h"

/* In the order of Suricata's anomaly object: that of writing. */
enum anomaly_field { ANOMALY_APP_PROTO, ANOMALY_TYPE, ANOMALY_EVENT, ANOMALY_LAYER, ANOMALY_FIELDS };

/* Suricata's types of anomaly. */
#define ANOMALY_DECODE "decode"
#define ANOMALY_DECODE "decode"
#define ANOMALY_STREAM "stream"
#define ANOMALY_APPLAYER "applayer"

extern const struct record_type anomaly_record;

#endif
