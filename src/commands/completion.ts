import { z } from 'zod';
import { bashScript } from './_completion/bash-script.ts';
import { createCompletionModel } from './_completion/completion-model.ts';
import { fishScript } from './_completion/fish-script.ts';
import { zshScript } from './_completion/zsh-script.ts';
import { defineCommand } from './_runtime/command.ts';

const SCRIPTS = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

export const command = defineCommand({
  name: 'completion',
  summary: 'Print a script that completes commands in your shell',
  description:
    'Prints a script for bash, zsh or fish that completes commands, flags and the values of flags. Only for the names of contests, campaigns, templates and the like the shell asks this program when you press tab (completion names). Print the script again after an update. Reads no database itself.',
  arguments: [{ syntax: '<shell>', description: 'bash, zsh or fish' }],
  examples: [
    {
      line: 'referral completion bash > referral.bash',
      explains: 'bash: load it with: source referral.bash',
    },
    { line: 'referral completion zsh > _referral', explains: 'zsh: put the file into a folder of $fpath' },
    {
      line: 'referral completion fish > referral.fish',
      explains: 'fish: put it into ~/.config/fish/completions',
    },
  ],
  exitCodes: [],
  changes: false,
  input: z.object({ shell: z.enum(['bash', 'zsh', 'fish'], { error: 'must be bash, zsh or fish' }) }),
  async run(context, { shell }) {
    const commands = await context.listCommands();
    return { kind: 'text', text: SCRIPTS[shell](createCompletionModel(commands)) };
  },
});
