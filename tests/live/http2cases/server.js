// server.js ADDRESS PORT [KEY CERTIFICATE]: Node's http2, in the clear or behind TLS, with a path for each thing that it can do.
// With LOG in the environment, a line for each request goes there: port, method, path, status, Authorization, with tabs between.
'use strict';
const fs = require('fs');
const http2 = require('http2');
const frames = require('./frames.js');

const [address, port, key, certificate] = process.argv.slice(2);
const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_REFUSED_STREAM, NGHTTP2_ENHANCE_YOUR_CALM } = http2.constants;
const options = { settings: { enableConnectProtocol: true }, allowHTTP1: true };
const server = key
	? http2.createSecureServer({ ...options, key: fs.readFileSync(key), cert: fs.readFileSync(certificate) })
	: http2.createServer(options);

function json(stream, value, more = {}) {
	const body = JSON.stringify(value);
	stream.respond({ ':status': 200, 'content-type': 'application/json', 'content-length': body.length, ...more });
	stream.end(body);
}

function log(stream, headers) {
	const fields = [port, headers[':method'], headers[':path'], stream.sentHeaders[':status'], headers.authorization || '-'];
	fs.appendFileSync(process.env.LOG, fields.join('\t') + '\n');
}

const paths = {
	'/trailers'(stream) {
		stream.respond({ ':status': 200, 'content-type': 'text/plain' }, { waitForTrailers: true });
		stream.on('wantTrailers', () => stream.sendTrailers({ 'x-checksum': 'test-0', 'server-timing': 'all;dur=1' }));
		stream.end('what is before the trailers\n');
	},
	'/reset'(stream) {
		stream.close(NGHTTP2_INTERNAL_ERROR);
	},
	'/refuse'(stream) {
		stream.close(NGHTTP2_REFUSED_STREAM);
	},
	'/broken'(stream) {
		stream.respond({ ':status': 200, 'content-length': 100000 });
		stream.write('x'.repeat(3000), () => stream.close(NGHTTP2_INTERNAL_ERROR));
	},
	'/never'() { },
	'/hints'(stream) {
		stream.additionalHeaders({ ':status': 103, link: '</style.css>; rel=preload' });
		setTimeout(() => json(stream, { hints: true }), 50);
	},
	'/push'(stream) {
		stream.pushStream({ ':path': '/pushed' }, (error, pushed) => {
			if (!error)
				json(pushed, { pushed: true });
			json(stream, { push: !error });
		});
	},
	'/goaway'(stream) {
		json(stream, { last: true });
		stream.session.goaway(NGHTTP2_ENHANCE_YOUR_CALM, stream.id, Buffer.from('TEST: that was enough'));
	},
	'/table'(stream, headers) {
		stream.session.settings({ headerTableSize: Number(headers['x-size']) }, () => json(stream, { size: headers['x-size'] }));
	},
	'/big'(stream) {
		stream.respond({ ':status': 200, 'content-type': 'text/plain' });
		stream.end('a line of what is big\n'.repeat(600));
	},
	'/drip'(stream) {
		stream.respond({ ':status': 200, 'content-type': 'text/plain' });
		for (let n = 1; n <= 10; n++)
			setTimeout(() => stream.destroyed || (n < 10 ? stream.write('x'.repeat(300)) : stream.end()), 20 * n);
	},
	'/cookies'(stream) {
		json(stream, {}, { 'set-cookie': ['a=1; Path=/', 'b=2; Path=/; HttpOnly'] });
	},
	'/echo'(stream, headers) {
		stream.respond({ ':status': 200, 'content-type': headers['content-type'] || 'text/plain' });
		stream.pipe(stream);
	},
};

server.on('stream', (stream, headers) => {
	const path = headers[':path'].split('?')[0];
	stream.on('error', () => { });
	if (process.env.LOG)
		stream.on('close', () => log(stream, headers));
	if (headers[':method'] === 'CONNECT' && headers[':protocol'] === 'websocket') {
		const chosen = (headers['sec-websocket-protocol'] || '').split(',')[0].trim();
		stream.respond({ ':status': 200, ...(chosen && { 'sec-websocket-protocol': chosen }) });
		return frames.serve(stream);
	}
	if (paths[path])
		return paths[path](stream, headers);
	stream.resume();
	stream.on('end', () => json(stream, { path, items: [{ subject: 'Minutes of the meeting', unread: true }] }));
});
server.on('sessionError', () => { });
server.listen(Number(port), address);
