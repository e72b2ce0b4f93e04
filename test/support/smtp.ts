import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { createServer as createTlsServer, TLSSocket } from 'node:tls';
import { selfSigned } from './certificate.ts';

/** A received mail. */
export interface ReceivedMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body, as they were sent. */
  readonly content: string;
  /** Whether the connection was encrypted. */
  readonly encrypted: boolean;
}

export interface MailServer extends AsyncDisposable {
  readonly port: number;
  readonly mails: readonly ReceivedMail[];
  /** All commands, in order, of all connections; `.` is the end of a mail. */
  readonly commands: readonly string[];
}

/**
 * The answers that differ from those of a server that accepts everything: a text for a command, null to close the
 * connection instead, `silence` for no answer.
 */
export type Answers = (command: string) => string | null | undefined;

/**
 * Starts a mail server on loopback. `tls`: whether connections are encrypted from the start (`smtps`), or after the
 * command STARTTLS, which it then offers.
 */
export async function receiveMail(
  answers: Answers = () => undefined,
  tls?: 'smtps' | 'starttls',
): Promise<MailServer> {
  const mails: ReceivedMail[] = [];
  const commands: string[] = [];
  const sockets = new Set<Socket>();
  const converse = (socket: Socket, encrypted: boolean): void => {
    sockets.add(socket.on('error', () => undefined));
    let mail = { from: '', to: [] as string[], content: '', encrypted };
    const offersTls = tls === 'starttls' && !encrypted;
    let isContent = false;
    let received = '';
    const say = (answer: string | null | undefined): void => {
      if (answer === null) socket.destroy();
      else if (answer !== 'silence') socket.write(`${answer}\r\n`);
    };
    const obey = (command: string): void => {
      commands.push(command);
      const [, address = ''] = /<(.*)>/.exec(command) ?? [];
      if (command.startsWith('MAIL')) mail = { from: address, to: [], content: '', encrypted };
      const answer = answers(command);
      if (answer !== undefined) return say(answer);
      if (command.startsWith('RCPT')) mail.to.push(address);
      if (command === '.') mails.push(mail);
      isContent = command === 'DATA';
      say(acceptance(command, offersTls));
      if (command !== 'STARTTLS' || !offersTls) return;
      socket.removeAllListeners('data');
      converse(new TLSSocket(socket, { isServer: true, ...selfSigned }), true);
    };
    socket.on('data', (chunk) => {
      received += chunk.toString('latin1');
      for (;;) {
        const end = isContent ? '\r\n.\r\n' : '\r\n';
        const at = received.indexOf(end);
        if (at === -1) return;
        const text = received.slice(0, at);
        received = received.slice(at + end.length);
        if (isContent) mail.content = text;
        obey(isContent ? '.' : text);
      }
    });
  };
  const greet = (socket: Socket): void => {
    converse(socket, tls === 'smtps');
    socket.write('220 here\r\n');
  };
  const server = tls === 'smtps' ? createTlsServer(selfSigned, greet) : createServer(greet);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    mails,
    commands,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

/** The answer of a server that accepts everything. */
function acceptance(command: string, offersTls: boolean): string {
  switch (command.slice(0, 4)) {
    case 'EHLO':
      return `250-here\r\n${offersTls ? '250-STARTTLS\r\n' : ''}250 AUTH PLAIN`;
    case 'AUTH':
      return '235 welcome';
    case 'DATA':
      return '354 go on';
    case 'STAR':
      return offersTls ? '220 go on' : '502 unknown';
    default:
      return '250 ok';
  }
}
