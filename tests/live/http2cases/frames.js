// frames.js: WebSocket frames (RFC 6455 5.2) over any duplex stream, as far as the recordings need them.
'use strict';
const crypto = require('crypto');

const TEXT = 1, CLOSE = 8, PING = 9, PONG = 10;

function frame(opcode, payload, masked, fin = true) {
	const head = [(fin ? 0x80 : 0) | opcode];
	const n = payload.length;
	if (n < 126)
		head.push(n);
	else
		head.push(126, n >> 8, n & 255);
	if (!masked)
		return Buffer.concat([Buffer.from(head), payload]);
	head[1] |= 0x80;
	const mask = crypto.randomBytes(4);
	return Buffer.concat([Buffer.from(head), mask, payload.map((byte, i) => byte ^ mask[i & 3])]);
}

// Calls got(opcode, payload) for each frame.
function read(stream, got) {
	let buffer = Buffer.alloc(0);
	stream.on('data', (data) => {
		buffer = Buffer.concat([buffer, data]);
		for (;;) {
			if (buffer.length < 2)
				return;
			let n = buffer[1] & 127, at = 2;
			if (n === 126) {
				if (buffer.length < 4)
					return;
				n = buffer.readUInt16BE(2);
				at = 4;
			}
			const mask = buffer[1] & 0x80 ? at : -1;
			at += mask < 0 ? 0 : 4;
			if (buffer.length < at + n)
				return;
			const payload = Buffer.from(buffer.subarray(at, at + n));
			const opcode = buffer[0] & 15;
			if (mask >= 0)
				payload.forEach((byte, i) => { payload[i] = byte ^ buffer[mask + (i & 3)]; });
			buffer = buffer.subarray(at + n);
			got(opcode, payload);
		}
	});
}

// Says that it heard a text, answers pings, and closes when asked.
function serve(stream) {
	read(stream, (opcode, payload) => {
		if (opcode === CLOSE)
			return stream.end(frame(CLOSE, payload, false));
		if (opcode === PING)
			return stream.write(frame(PONG, payload, false));
		stream.write(frame(TEXT, Buffer.from(JSON.stringify({ heard: payload.length })), false));
	});
}

// Sends texts, each when the one before was answered, then closes.
function ask(stream, texts, done) {
	const left = [...texts];
	const next = () => {
		if (left.length)
			stream.write(frame(TEXT, Buffer.from(left.shift()), true));
		else
			stream.write(frame(CLOSE, Buffer.from([3, 232]), true));
	};
	read(stream, (opcode) => opcode === CLOSE ? stream.end(done) : next());
	next();
}

module.exports = { frame, read, serve, ask, TEXT, CLOSE, PING, PONG };
