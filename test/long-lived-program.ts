import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { CommandAnswer, CommandRequest } from './children/run-commands.ts';

/** The built program in one process that takes command after command, each in a folder and environment of its own. */
export interface LongLivedProgram {
  run(request: CommandRequest): Promise<CommandAnswer>;
  close(): Promise<void>;
}

export function startLongLivedProgram(): LongLivedProgram {
  const child = fork(join(import.meta.dirname, 'children/run-commands.ts'), {
    execArgv: [],
    stdio: 'inherit',
  });
  const ended = once(child, 'exit');
  return {
    async run(request) {
      const answered = once(child, 'message');
      child.send(request);
      const [answer] = await Promise.race([answered, ended.then(reportEnd)]);
      return answer as CommandAnswer;
    },
    async close() {
      child.disconnect();
      await ended;
    },
  };
}

function reportEnd([code, signal]: readonly unknown[]): never {
  throw new Error(`The process that runs the commands has ended itself: ${code ?? signal}`);
}
