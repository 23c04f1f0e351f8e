import { exec } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse } from 'dotenv';
import { ReferralError } from '../../core/errors.ts';

export type Origin = 'environment' | '.env';

export interface EnvironmentValue {
  readonly value: string;
  readonly origin: Origin;
  /** The variable that gave it: NAME, NAME_FILE or NAME_COMMAND. */
  readonly variable: string;
}

/** Variables of the process and of `.env` in the current folder; the real environment wins. */
export interface Environment {
  /** A value from NAME, else the content of the file NAME_FILE, else the output of NAME_COMMAND. Empty counts as absent. */
  find(name: string): Promise<EnvironmentValue | undefined>;
}

export function loadEnvironment(
  variables: Readonly<Record<string, string | undefined>>,
  directory: string,
): Environment {
  const path = join(directory, '.env');
  const fromFile: Record<string, string> = existsSync(path) ? parse(readFileSync(path)) : {};
  const known = new Map<string, EnvironmentValue | undefined>();

  const lookUp = (variable: string): EnvironmentValue | undefined => {
    const real = variables[variable];
    if (real !== undefined && real !== '') return { value: real, origin: 'environment', variable };
    const file = fromFile[variable];
    return file === undefined || file === '' ? undefined : { value: file, origin: '.env', variable };
  };

  const resolve = async (name: string): Promise<EnvironmentValue | undefined> => {
    const direct = lookUp(name);
    if (direct !== undefined) return direct;
    const file = lookUp(`${name}_FILE`);
    if (file !== undefined) return { ...file, value: readSecretFile(file) };
    const command = lookUp(`${name}_COMMAND`);
    return command === undefined
      ? undefined
      : { ...command, value: await runSecretCommand(command, variables) };
  };

  return {
    async find(name) {
      if (!known.has(name)) known.set(name, await resolve(name));
      return known.get(name);
    },
  };
}

function readSecretFile({ value: file, variable }: EnvironmentValue): string {
  try {
    return readFileSync(file, 'utf8').trimEnd();
  } catch (cause) {
    throw new ReferralError('configuration_invalid', `${variable} names a file that can't be read: ${file}`, {
      hint: 'Check the path and its permissions.',
      cause,
    });
  }
}

async function runSecretCommand(
  { value: command, variable }: EnvironmentValue,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<string> {
  try {
    const { stdout } = await promisify(exec)(command, { env: { ...variables }, timeout: 30_000 });
    return stdout.trimEnd();
  } catch (cause) {
    // The command's own output may hold the secret: it is not repeated.
    throw new ReferralError('configuration_invalid', `The command in ${variable} failed`, {
      hint: `Run it by hand to see why.`,
      cause,
    });
  }
}
