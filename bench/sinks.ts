/* Loopback servers in a process of their own, which count and forget: a SendGrid API and an SMTP server. Prints their addresses. */
import { createServer } from 'node:http';
import { createServer as createTcpServer, type AddressInfo } from 'node:net';

const api = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    response.writeHead(202, { 'x-message-id': 'bench' });
    response.end();
  });
});
api.keepAliveTimeout = 60_000;

// The least that an SMTP client expects; the point is to measure the client.
const smtp = createTcpServer((socket) => {
  let isBody = false;
  let rest = '';
  socket.setNoDelay(true);
  socket.write('220 sink\r\n');
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    for (;;) {
      const end = isBody ? rest.indexOf('\r\n.\r\n') : rest.indexOf('\r\n');
      if (end === -1) {
        if (isBody) rest = rest.slice(-4);
        return;
      }
      const line = rest.slice(0, end).toUpperCase();
      rest = rest.slice(end + (isBody ? 5 : 2));
      if (isBody) {
        isBody = false;
        socket.write('250 taken\r\n');
      } else if (line.startsWith('EHLO')) socket.write('250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n');
      else if (line === 'DATA') {
        isBody = true;
        socket.write('354 go\r\n');
      } else if (line === 'QUIT') socket.end('221 bye\r\n');
      else socket.write('250 ok\r\n');
    }
  });
  socket.on('error', () => undefined);
});

api.listen(0, '127.0.0.1', () => {
  smtp.listen(0, '127.0.0.1', () => {
    const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    process.stdout.write(
      `${JSON.stringify({ sendgrid: `http://127.0.0.1:${port(api)}`, smtp: `smtp://127.0.0.1:${port(smtp)}` })}\n`,
    );
  });
});
