import { createHmac } from 'node:crypto';
import type { Message } from '../../model/notify/alert.ts';
import type { Sink } from '../sink.ts';

/** The greatest number of alerts in one list of an event; `counts` has the full numbers. */
const maxListed = 1000;

/**
 * Standard Webhooks around a CloudEvents 1.0 body. The id is the same in every attempt, so a receiver recognises a
 * repetition.
 */
const webhook: Sink<'webhook'> = {
  async deliver(message, { url, secret }, { post, read, dashboard, now }) {
    const body = JSON.stringify(cloudEvent(message, dashboard()));
    const key = secret && keyOf(await read(secret));
    const timestamp = Math.floor(now().getTime() / 1000);
    return await post(await read(url), {
      body,
      headers: {
        'content-type': 'application/cloudevents+json; charset=utf-8',
        'webhook-id': message.id,
        'webhook-timestamp': String(timestamp),
        ...(key && { 'webhook-signature': signatureOf(`${message.id}.${timestamp}.${body}`, key) }),
      },
    });
  },
};

export default webhook;

function cloudEvent(message: Message, dashboard: string | null): object {
  const { id, at, event, workspace, pass, opened, resolved } = message;
  return {
    specversion: '1.0',
    id,
    source: `/holdfast/${encodeURIComponent(workspace)}`,
    type: `dev.holdfast.drift.${event}`,
    time: at,
    datacontenttype: 'application/json',
    data: {
      workspace,
      pass,
      dashboard,
      counts: { opened: opened.length, resolved: resolved.length },
      opened: opened.slice(0, maxListed),
      resolved: resolved.slice(0, maxListed),
    },
  };
}

const signatureOf = (text: string, key: Buffer): string =>
  `v1,${createHmac('sha256', key).update(text).digest('base64')}`;

/** A key with the prefix of Standard Webhooks is base64; any other is used as it is. */
const keyOf = (secret: string): Buffer =>
  secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
