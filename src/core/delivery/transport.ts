import type { MessageProgram } from '../templates/message-program.ts';

export type TransportName = 'outbox' | 'smtp' | 'sendgrid';

/** One mail, ready but for the program's statics. */
export interface Mail {
  readonly deliveryId: number;
  /** Names the delivery to the provider without saying who it is for: `<instance id>-<delivery id>`. */
  readonly reference: string;
  readonly email: string;
  readonly unsubscribeUrl: string;
  /** One value per slot of the message's program, escaped for where it stands. */
  readonly filled: readonly string[];
}

/** What all mails of a batch have in common. */
export interface Message {
  readonly campaign: string;
  readonly variant: string;
  readonly program: MessageProgram;
}

/** What became of one mail. `unsent`: it certainly did not leave, and may be tried again. */
export type Outcome =
  | { readonly kind: 'accepted'; readonly messageId: string | null }
  | { readonly kind: 'refused'; readonly error: string }
  | { readonly kind: 'in_doubt'; readonly error: string }
  | { readonly kind: 'unsent'; readonly error: string; readonly countsAsAttempt: boolean };

/** Why everybody has to wait, or why sending has to end. */
export type Halt =
  | { readonly kind: 'wait'; readonly milliseconds: number; readonly reason: string }
  | { readonly kind: 'unreachable'; readonly reason: string }
  | { readonly kind: 'credential_refused'; readonly reason: string }
  | { readonly kind: 'provider_refused'; readonly reason: string };

export interface DeliverResult {
  /** One outcome per mail, in the order given. */
  readonly outcomes: readonly Outcome[];
  readonly halt?: Halt;
}

/** A way out into the world. It neither knows the database nor decides who is mailed. */
export interface Transport {
  readonly name: TransportName;
  /** Where the mails go, for the record: a folder, a host; never a credential. */
  readonly target: string;
  /** Hands over a batch of mails that share one message. Never throws for what a provider or network does. */
  deliver(message: Message, mails: readonly Mail[]): Promise<DeliverResult>;
  /** For deliveries in doubt, by reference: which of them certainly arrived. Absent where nothing can be looked up. */
  findArrived?(campaign: string, references: readonly string[]): Promise<ReadonlySet<string>>;
  close(): Promise<void>;
}
