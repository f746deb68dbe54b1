// ws_node_client.js URL: the WebSocket client of node-ws, which follows a plan on its standard input: JSON, {"headers",
// "deflate", "messages"}. A message is {"text"}, {"binary"} or {"parts": [text...]} (fragments); each is sent when the one before
// was answered.
'use strict';
const fs = require('fs');
const { WebSocket } = require('ws');

const plan = JSON.parse(fs.readFileSync(0, 'utf8'));
const perMessageDeflate = plan.deflate ? { threshold: 64, clientNoContextTakeover: true } : false;
const socket = new WebSocket(process.argv[2], { headers: plan.headers, perMessageDeflate });

function next() {
	const message = plan.messages.shift();
	if (!message)
		return socket.close(1000, 'TEST: done');
	if (message.parts)
		return message.parts.forEach((part, n) => socket.send(part, { fin: n === message.parts.length - 1 }));
	socket.send(message.text || Buffer.from(message.binary), { binary: message.text === undefined });
}

socket.on('open', next);
socket.on('message', next);
