#!/usr/bin/env node
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);

if (major > 22 || (major === 22 && minor >= 12)) {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache();
  await import('../dist/src/main.js');
} else {
  process.stderr.write(
    `error: referral needs Node.js 22.12 or newer, and this is ${process.versions.node}\n` +
      '  Install a newer Node.js, or start it with npx in a folder where it is installed.\n',
  );
  process.exitCode = 12;
}
