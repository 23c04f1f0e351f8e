import type { AcceptedMail } from './sendgrid-server.ts';

/** What the server's email activity answers to `GET /v3/messages?limit=N&query=…`: mails by unique argument, joined by OR. */
export function listMessages(accepted: readonly AcceptedMail[], url: string): object {
  const { searchParams } = new URL(url, 'http://localhost');
  const wanted = [...(searchParams.get('query') ?? '').matchAll(/\(unique_args\['(\w+)'\]="([^"]*)"\)/g)];
  const messages = accepted
    .filter(({ customArgs }) => wanted.some(([, name = '', value]) => customArgs[name] === value))
    .slice(0, Number(searchParams.get('limit') ?? 10))
    .map(({ email, messageId }, index) => ({
      from_email: 'contest@example.test',
      msg_id: `${messageId}.filter0001.${index}.0`,
      subject: '',
      to_email: email,
      status: 'delivered',
      opens_count: 0,
      clicks_count: 0,
      last_event_time: '2026-11-21T10:00:00Z',
    }));
  return { messages };
}
