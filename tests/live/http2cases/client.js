// client.js URL: Node's http2 client, which follows a plan on its standard input: JSON, an array of steps one after the other. A
// step is an array of requests made at once, or an action: {"wait": ms}, {"ping": true}, {"settings": {...}}, {"end": "goaway" or
// "destroy"}; {"first": {...}}, the settings of the connection's preface, comes before all others.
// A request: {"headers": {...}, "sensitive": [names never indexed], "options": {of session.request}, "body": text,
// "trailers": {...}, "cancel": "at-once" or "headers" or "data", "texts": [of a WebSocket]}.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const frames = require('./frames.js');

const url = process.argv[2];
const plan = JSON.parse(fs.readFileSync(0, 'utf8'));
const first = plan[0].first ? plan.shift().first : {};
const session = http2.connect(url, { rejectUnauthorized: false, settings: first });
session.on('error', () => { });
session.on('stream', (pushed) => pushed.resume());

function ask(request) {
	return new Promise((resolve) => {
		const headers = { ...request.headers, ...(request.sensitive && { [http2.sensitiveHeaders]: request.sensitive }) };
		const stream = session.request(headers, { endStream: request.body === undefined && !request.texts,
			waitForTrailers: request.trailers !== undefined, ...request.options });
		const cancel = () => stream.close(http2.constants.NGHTTP2_CANCEL);
		stream.on('error', () => { });
		stream.on('close', resolve);
		stream.on('wantTrailers', () => stream.sendTrailers(request.trailers));
		stream.on('response', (headers) => {
			console.log('got', headers[':status']);
			if (request.cancel === 'headers')
				cancel();
			if (request.texts)
				return frames.ask(stream, request.texts, resolve);
			stream.on('data', () => request.cancel === 'data' && cancel());
			stream.on('end', resolve);
		});
		if (request.body !== undefined)
			stream.end(request.body);
		if (request.cancel === 'at-once')
			setTimeout(cancel, 50);
	});
}

async function follow(step) {
	if (Array.isArray(step))
		await Promise.all(step.map(ask));
	else if (step.wait)
		await new Promise((resolve) => setTimeout(resolve, step.wait));
	else if (step.ping)
		await new Promise((resolve) => session.ping(Buffer.from('test-png'), resolve));
	else if (step.settings)
		await new Promise((resolve) => session.settings(step.settings, resolve));
	else if (step.end === 'goaway')
		session.goaway(0);
	else if (step.end === 'destroy')
		session.destroy();
}

session.on('connect', async () => {
	for (const step of plan)
		await follow(step);
	session.close();
	setTimeout(() => process.exit(0), 300).unref();
});
