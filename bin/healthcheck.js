// Asks the daemon in this container whether it is alive; the address is that of HOLDFAST_SERVER_LISTEN, or the default.
const [, host, port] = /^(.*):(\d+)$/.exec(process.env.HOLDFAST_SERVER_LISTEN ?? '') ?? [
  undefined,
  '127.0.0.1',
  '8080',
];
// A server that listens on every address is reached on this one.
const address = { '0.0.0.0': '127.0.0.1', '[::]': '[::1]' }[host] ?? host;
const alive = await fetch(`http://${address}:${port}/healthz`).then(
  (response) => response.ok,
  () => false,
);
process.exitCode = alive ? 0 : 1;
