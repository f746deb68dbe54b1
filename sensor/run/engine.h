/* engine: frames in, events out: the reader's side of reader -> workers -> collector (sensor/run/README.md).
 *
 * With one worker all three are called one after the other, here; with more each has a thread. What is written is the same, byte
 * by byte, as long as no cap is hit. */
#ifndef STORMGLASS_RUN_ENGINE_H
#define STORMGLASS_RUN_ENGINE_H

#include "sensor/detect/decode.h"
#include "sensor/input/live.h"
#include "sensor/run/collector.h"
#include "sensor/run/key_material.h"
#include "sensor/run/round.h"
#include "sensor/secrets/keylog.h"

enum { ENGINE_WORKERS_MAX = 64 };

struct engine;

/* What is given is borrowed until engine_free. `material` was begun for as many workers; NULL: TLS is not decrypted. NULL: out of
 * memory, or no thread to be had. */
struct engine *engine_new(const struct config *config, const struct decode *decode, const struct rules *rules, struct eve *eve,
    const struct alert_log *log, struct key_material *material, unsigned n_workers);
void engine_free(struct engine *engine); /* after engine_finish; NULL is fine */

/* Where a capture should put its frames. */
struct buffers *engine_buffers(struct engine *engine);

/* The name of the input that the following frames come from; borrowed until engine_finish. NULL: none. */
void engine_input(struct engine *engine, const char *name);

/* A frame of the input, which lies in `buffer`; NULL: in memory that is the caller's again afterwards, which costs. Its number is
 * given here. False once EVE cannot be written any more: to go on would find things for nobody. */
bool engine_frame(struct engine *engine, struct frame *frame, struct buffer *buffer);

/* A frame that is none of ours takes its number. */
void engine_pass_by(struct engine *engine);

/* The number that the next frame will get: what is read before that frame is known from there on. */
uint64_t engine_next_number(const struct engine *engine);

/* Secrets were added to the store, as known before packet engine_next_number: every worker hears of it right here. Once for all
 * that were added since the last frame: while workers look for what they wait for, nothing must be added that this same number
 * makes known to them. */
void engine_secrets(struct engine *engine);

/* What key logs held so far, of all sources. */
void engine_keylogs(struct engine *engine, const struct keylog_counts *counts);

/* Sends what was gathered on its way, without waiting for more. */
void engine_flush(struct engine *engine);

/* What the kernel says of the interfaces, cumulative. */
void engine_capture(struct engine *engine, const struct live_stats *capture);

/* Time went on to `now_ns` without a packet: what waited long enough is said. For live captures, whose silence has an end. */
void engine_clock(struct engine *engine, int64_t now_ns);

/* Returns when everything up to here has been worked off and given to EVE: until the next frame no thread touches EVE or a
 * rule. */
void engine_pause(struct engine *engine);

/* Takes other rules and trust from here on, and pauses for it. Requests that wait for their responses are judged anew. False: out
 * of memory, and all is as it was. What is given is borrowed; what was given before is not used any more. */
bool engine_reload(struct engine *engine, const struct decode *decode, const struct rules *rules);

/* The input is over: all that is left is said. */
void engine_finish(struct engine *engine);

/* What was counted by all; after engine_finish. */
const struct stats *engine_stats(struct engine *engine);

#endif
