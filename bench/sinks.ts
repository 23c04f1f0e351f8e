/* Loopback servers in a process of their own, which count and forget: a SendGrid API, which answers after so many milliseconds (`[milliseconds]`), and an SMTP server. Prints their addresses. */
import { createServer } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';

const milliseconds = Number(process.argv[2] ?? 0);

const api = createServer((request, response) => {
  request.resume();
  request.on('end', () => {
    const answer = (): void => {
      response.writeHead(202, { 'x-message-id': 'bench' });
      response.end();
    };
    if (milliseconds === 0) answer();
    else setTimeout(answer, milliseconds);
  });
});
api.keepAliveTimeout = 60_000;

// The least that an SMTP client expects; the point is to measure the client.
const smtp = createTcpServer((socket) => {
  let isBody = false;
  let rest = '';
  const answer = (line: string): void => {
    isBody = line === 'DATA';
    if (isBody) socket.write('354 go\r\n');
    else if (line.startsWith('EHLO')) socket.write('250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n');
    else if (line === 'QUIT') socket.end('221 bye\r\n');
    else socket.write('250 ok\r\n');
  };
  socket.setNoDelay(true);
  socket.write('220 sink\r\n');
  socket.on('error', () => undefined);
  socket.on('data', (chunk) => {
    rest += chunk.toString('latin1');
    for (;;) {
      const mark = isBody ? '\r\n.\r\n' : '\r\n';
      const end = rest.indexOf(mark);
      if (end === -1) break;
      const line = rest.slice(0, end);
      rest = rest.slice(end + mark.length);
      // The answer to a body is one like any other.
      answer(isBody ? 'BODY' : line.toUpperCase());
    }
    if (isBody) rest = rest.slice(-4);
  });
});

api.listen(0, '127.0.0.1', () => {
  smtp.listen(0, '127.0.0.1', () => {
    const port = (server: { address(): unknown }) => (server.address() as AddressInfo).port;
    process.stdout.write(
      `${JSON.stringify({ sendgrid: `http://127.0.0.1:${port(api)}`, smtp: `smtp://127.0.0.1:${port(smtp)}` })}\n`,
    );
  });
});
