import { readFile, writeFile } from 'node:fs/promises';

// npm leaves a platform's optional package out of the lock file when the registry at hand does not serve it, and
// `npm ci` then refuses the whole file. Run this after `npm install` of a package: it names what was left out.

interface LockedPackage {
  readonly version?: string;
  readonly dev?: boolean;
  readonly optional?: boolean;
  readonly os?: readonly string[];
  readonly cpu?: readonly string[];
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];
const PROCESSORS = ['arm64', 'arm', 'ia32', 'ppc64', 'riscv64', 's390x', 'x64'];
const EXACT = /^\d+\.\d+\.\d+$/;

const lock = JSON.parse(await readFile('package-lock.json', 'utf8'));
const packages: Record<string, LockedPackage> = lock.packages;
const added: string[] = [];

for (const owner of Object.values(packages)) {
  for (const [name, version] of Object.entries(owner.optionalDependencies ?? {})) {
    const path = `node_modules/${name}`;
    if (path in packages || !EXACT.test(version)) continue;
    packages[path] = {
      version,
      ...platformOf(name),
      optional: true,
      ...(owner.dev === true && { dev: true }),
    };
    added.push(name);
  }
}

const sorted = Object.fromEntries(
  Object.entries(packages).sort(([left], [right]) => left.localeCompare(right, 'en')),
);
await writeFile('package-lock.json', `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(`package-lock.json: ${added.length} packages named`);

/** The platform that a package's name ends in: `@biomejs/cli-linux-x64-musl`. */
function platformOf(name: string): { os: string[]; cpu: string[] } {
  const parts = name.split(/[/-]/);
  const os = SYSTEMS.filter((system) => parts.includes(system));
  const cpu = PROCESSORS.filter((processor) => parts.includes(processor)).slice(0, 1);
  if (os.length === 0 || cpu.length === 0) throw new Error(`${name} does not say which platform it is for`);
  const libc = ['musl', 'gnu'].find((word) => parts.includes(word));
  return { os, cpu, ...(libc !== undefined && { libc: [libc === 'gnu' ? 'glibc' : 'musl'] }) };
}
