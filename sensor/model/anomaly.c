#include "sensor/model/anomaly.h"

static const struct field anomaly_fields[ANOMALY_FIELDS] = {
	[ANOMALY_APP_PROTO] = { "anomaly.app_proto", FIELD_EVE("app_proto"), FIELD_TEXT, 0, "dissector that saw it" },
	[ANOMALY_TYPE] = { "anomaly.type", FIELD_EVE("type"), FIELD_TEXT, 0, "decode, stream or applayer" },
	[ANOMALY_EVENT] = { "anomaly.event", FIELD_EVE("event"), FIELD_TEXT, FIELD_METADATA, "what happened: http.conflicting_length" },
	[ANOMALY_LAYER] = { "anomaly.layer", FIELD_EVE("layer"), FIELD_TEXT, 0, "proto_parser for a dissector's" },
};

const struct record_type anomaly_record = { RECORD_ANOMALY, "anomaly", "anomaly", anomaly_fields, ANOMALY_FIELDS };
