// ws_node_server.js ADDRESS PORT: the WebSocket server of node-ws, with permessage-deflate from 64 bytes on: says how long each
// message was.
'use strict';
const { WebSocketServer } = require('ws');

const [host, port] = process.argv.slice(2);
const server = new WebSocketServer({ host, port: Number(port), perMessageDeflate: { threshold: 64 } });
server.on('connection', (socket) => {
	socket.on('message', (data, binary) => socket.send(JSON.stringify({ heard: data.length, binary })));
});
