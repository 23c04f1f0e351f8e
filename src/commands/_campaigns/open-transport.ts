import { createTransport, TRANSPORT_NAMES } from '../../core/delivery/create-transport.ts';
import type { Transport, TransportName } from '../../core/delivery/transport.ts';
import type { OptionSpec } from '../_runtime/command.ts';
import type { Context } from '../_runtime/context.ts';

export const TRANSPORT_OPTION: OptionSpec = {
  flags: '--transport <name>',
  description: 'how the mails leave',
  choices: TRANSPORT_NAMES,
  defaultText: 'outbox',
};

/** The transport of that name, configured as this installation is. Throws `configuration_invalid`, `credential_missing`. */
export async function openTransport(
  context: Context,
  name: TransportName,
  connections: number,
): Promise<Transport> {
  return createTransport(name, {
    config: await context.config(),
    clock: context.clock,
    directory: context.io.directory,
    processId: context.process.id,
    connections,
    getSecret: (secret) => context.getSecret(secret),
  });
}

/** A stored transport name, or the default. */
export function transportNameOf(text: string | null | undefined): TransportName {
  return TRANSPORT_NAMES.find((name) => name === text) ?? 'outbox';
}
