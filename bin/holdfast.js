#!/usr/bin/env node
// Plain JavaScript that any Node can parse: says what is wrong before a newer syntax or module does.
import { existsSync } from 'node:fs';
import { setFlagsFromString } from 'node:v8';

// Whoever may send this signal would open Node's debugger with it.
process.on('SIGUSR1', () => {});
const [major, minor] = process.versions.node.split('.').map(Number);
if (major < 24 || (major === 24 && minor < 15)) {
  console.error(`holdfast needs Node.js 24.15 or newer; this is ${process.version}.`);
  process.exit(1);
}
// V8 lets memory in use grow up to fourfold before it collects garbage. Reading a large config, that is mostly garbage.
const growth = '--heap-growing-percent';
if (!process.execArgv.some((argument) => argument.startsWith(growth))) setFlagsFromString(`${growth}=100`);
// In a checkout Node runs the sources as they are; the package holds what was built from them.
const sources = new URL('../src/main.ts', import.meta.url);
await import(existsSync(sources) ? sources.href : '../dist/main.js');
