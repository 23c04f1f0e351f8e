/** Where the demo lives and on which database. */
export interface DemoPlace {
  /** As the user named it. */
  readonly dir: string;
  /** The same, absolute. */
  readonly folder: string;
  /** The database's URL, without its password when it is shown. */
  readonly database: string;
  /** `--database …` as the user typed it, or nothing for the embedded file. */
  readonly databaseWords: readonly string[];
}
