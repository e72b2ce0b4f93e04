import { createTransport } from 'nodemailer';
import { isLoopback } from '../../model/loopback.ts';
import { messageText } from '../messageText.ts';
import type { Delivery, Sink } from '../sink.ts';

/** Milliseconds for one answer of the server, and for a whole mail. */
const answerMs = 20_000;
const mailMs = 60_000;

/** A mail over SMTP. The Message-ID is the same in every attempt, so that a mail system recognises a repetition. */
const email: Sink<'email'> = {
  async deliver(message, { to, from, smtp }, context) {
    const server = serverOf(await context.read(smtp));
    if (!server) return retry('its URL is not a URL with smtp or smtps');
    const { title, lines, link } = messageText(message, context);
    try {
      const { rejected } = await createTransport(server).sendMail({
        // As objects, addresses are not parsed: a comma does not begin another one.
        from: { name: '', address: from },
        to: to.map((address) => ({ name: '', address })),
        subject: title,
        text: [...lines, ...(link === null ? [] : ['', link])].join('\n'),
        messageId: `<${message.id}@${from.replace(/^.*@/, '')}>`,
        date: new Date(message.at),
        headers: { 'Auto-Submitted': 'auto-generated' },
        signal: AbortSignal.any([context.stop, AbortSignal.timeout(mailMs)]),
      });
      // Others have got the mail, and would get it again in each attempt. A test tells.
      return rejected.length > 0 && message.event === 'test'
        ? retry(`the mail server refused ${rejected.length} of ${to.length} recipients`)
        : { result: 'delivered' };
    } catch (error) {
      return retry(`the mail could not be sent (${codesOf(error)})`);
    }
  },
};

export default email;

const retry = (reason: string): Delivery => ({ result: 'retry', reason });

/** The server of a URL. Encryption is required, except on this machine. Undefined: it is no URL of a mail server. */
function serverOf(text: string) {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (!url || !/^smtps?:$/.test(url.protocol) || url.hostname === '') return undefined;
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const isSecure = url.protocol === 'smtps:';
  const isLocal = isLoopback(host);
  const [user, pass] = [url.username, url.password].map(decoded);
  if (user === undefined || pass === undefined) return undefined;
  return {
    host,
    port: Number(url.port) || (isSecure ? 465 : 587),
    secure: isSecure,
    requireTLS: !isLocal,
    tls: { rejectUnauthorized: !isLocal },
    ...(user !== '' && { auth: { user, pass } }),
    dnsTimeout: answerMs,
    connectionTimeout: answerMs,
    greetingTimeout: answerMs,
    socketTimeout: answerMs,
  };
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** The codes of an error. Its message may quote the server, which may quote the user. */
function codesOf(error: unknown): string {
  const { name, code, responseCode } = error as {
    name?: string;
    code?: string;
    responseCode?: number;
  };
  return [code ?? name, responseCode].filter((part) => part !== undefined).join(', ');
}
