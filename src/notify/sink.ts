import type { Message } from '../model/notify/alert.ts';
import type { SecretSource, WebhookUrl } from '../model/resource.ts';
import type { SinkName, Target } from '../model/notify/sinks.ts';

/** The outcome of an attempt to deliver a message. */
export type Delivery =
  | { readonly result: 'delivered' }
  /**
   * It may not have arrived: try again. `reason` is for people and contains neither a secret nor a URL. `afterMs`: the
   * pause in milliseconds that the receiver asks for.
   */
  | { readonly result: 'retry'; readonly reason: string; readonly afterMs?: number }
  /** The receiver no longer wants messages. */
  | { readonly result: 'gone'; readonly reason: string };

/** The body and the headers of a request. */
export interface Content {
  readonly body: string;
  /** In addition to `content-type: application/json`. */
  readonly headers?: Readonly<Record<string, string>>;
}

/** Sends one POST request, without following a redirect, and judges the answer by its status. Never rejects. */
export type Post = (url: string, content: Content) => Promise<Delivery>;

/** What all sinks need beside their settings. */
export interface DeliveryMeans {
  readonly post: Post;
  /** Reads a URL or a secret of the settings. Rejects with an `Error` whose message contains neither. */
  readonly read: (source: SecretSource | WebhookUrl) => Promise<string>;
  /** The URL of the dashboard; null if people cannot reach it. */
  readonly dashboard: () => string | null;
  /** Whether the config has workspaces: messages then name theirs. */
  readonly oneOfSeveral: boolean;
  readonly now: () => Date;
  /** Gives up what is being sent, as `post` does by itself. */
  readonly stop: AbortSignal;
}

/** What a sink needs beside its own settings. */
export interface DeliveryContext extends DeliveryMeans {
  /** Milliseconds between reminders of open alerts; null: none. */
  readonly remind: number | null;
}

/**
 * A kind of receiver: the default export of a file in `sinks/` with the name of its settings in
 * `model/notify/sinks.ts`.
 */
export interface Sink<Name extends SinkName> {
  /**
   * Delivers a message. Called again with the same message until it is delivered, also after a crash in the middle of a
   * call, so a receiver that knows ids must get `message.id` or one derived from it. It may reject only if a secret
   * cannot be read; that counts as `retry`. It must not mention anybody because of text in the message.
   */
  deliver(message: Message, target: Target<Name>, context: DeliveryContext): Promise<Delivery>;
}
