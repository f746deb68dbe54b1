// tls_client.js ADDRESS PORT HOST TOKEN...: Node's https: a request for each token on one connection.
// Prints the status of each answer.
'use strict';
const https = require('https');

const [address, port, host, ...tokens] = process.argv.slice(2);
const agent = new https.Agent({ keepAlive: true, maxSockets: 1, rejectUnauthorized: false });

function ask(n) {
	if (n === tokens.length)
		return agent.destroy();
	const headers = { Host: host, Authorization: `Bearer ${tokens[n]}` };
	https.get({ agent, host: address, port, servername: host, path: `/mail/node-${n}`, headers }, (answer) => {
		answer.resume().on('end', () => {
			console.log('got', answer.statusCode);
			ask(n + 1);
		});
	});
}

ask(0);
