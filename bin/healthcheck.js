// Asks the daemon in this container whether it is alive; the address is that of HOLDFAST_SERVER_LISTEN, or the default.
const [, port] = /:(\d+)$/.exec(process.env.HOLDFAST_SERVER_LISTEN ?? '') ?? [undefined, '8080'];
const alive = await fetch(`http://127.0.0.1:${port}/healthz`).then(
  (response) => response.ok,
  () => false,
);
process.exitCode = alive ? 0 : 1;
