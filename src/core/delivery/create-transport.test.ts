import { describe, expect, it } from 'vitest';
import { systemClock } from '../clock.ts';
import { configSchema } from '../settings/config.ts';
import { createTransport } from './create-transport.ts';
import type { TransportName } from './transport.ts';

const REAL = {
  mail: {
    from_email: 'news@travel-company.nl',
    organisation: 'Travel Company',
    postal_address: 'Travel Company, 5 Quay, 1011 AA Amsterdam',
  },
  unsubscribe: { base_url: 'https://travel-company.nl/stop' },
  links: { referral_url: 'https://travel-company.nl/r/{code}' },
  smtp: { url: 'smtp://mail.travel-company.nl:587' },
};

const create = (name: TransportName, config: object) =>
  createTransport(name, {
    config: configSchema.parse(config),
    clock: systemClock,
    directory: '/tmp',
    processId: 1,
    connections: 1,
    getSecret: () => Promise.resolve('SG.test'),
  });

describe('a transport to a real provider', () => {
  it.each(['smtp', 'sendgrid'] as const)('%s refuses a sender that is a placeholder', async (name) => {
    const mail = { ...REAL.mail, from_email: 'contest@example.test' };
    await expect(create(name, { ...REAL, mail })).rejects.toMatchObject({
      code: 'configuration_invalid',
      reason: 'not set yet: mail.from_email',
    });
  });

  it.each(['smtp', 'sendgrid'] as const)('%s refuses a sender that nothing calls verified', async (name) => {
    await expect(create(name, REAL)).rejects.toMatchObject({
      code: 'configuration_invalid',
      hint: expect.stringContaining('mail.verified_senders'),
    });
    const mail = { ...REAL.mail, verified_senders: ['travel-company.nl'] };
    const transport = await create(name, { ...REAL, mail });
    await transport.close();
  });
});
