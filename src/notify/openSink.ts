import { basename, extname } from 'node:path';
import type { Message } from '../model/notify/alert.ts';
import type { Notification } from '../model/settings.ts';
import type { SinkName } from '../model/notify/sinks.ts';
import type { Delivery, DeliveryMeans, Sink } from './sink.ts';

/** Delivers a message to a sink. Never rejects. */
export type Deliver = (message: Message, notification: Notification) => Promise<Delivery>;

/** Makes the function that delivers messages. The file of a sink is imported when it is first used. */
export function createDeliver(means: DeliveryMeans): Deliver {
  return async (message, { sink, target, remind }) => {
    try {
      return await (await load(sink)).deliver(message, target, { ...means, remind });
    } catch (error) {
      return { result: 'retry', reason: error instanceof Error ? error.message : String(error) };
    }
  };
}

/** Imports a sink: the file with its name in `sinks/`. */
async function load<Name extends SinkName>(name: Name): Promise<Sink<Name>> {
  const file = new URL(`./sinks/${basename(name)}${extname(import.meta.url)}`, import.meta.url);
  return ((await import(file.href)) as { default: Sink<Name> }).default;
}
