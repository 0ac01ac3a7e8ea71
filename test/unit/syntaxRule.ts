import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkout } from '../../scripts/folders.ts';

interface Findings {
  readonly diagnostics: readonly {
    readonly code: string;
    readonly filename: string;
    readonly message: string;
  }[];
}

/**
 * What the house's rule about syntax says of texts, each in the order of its findings. The rules that need types look
 * at files of the checkout alone.
 * @param texts where each would stand, relative to the checkout, since the rules depend on the folder; and the text
 */
export async function syntaxFindings(
  texts: readonly (readonly [file: string, text: string])[],
): Promise<string[][]> {
  const folder = mkdtempSync(join(tmpdir(), 'workspace-logs-lint-'));
  try {
    const config = [
      `import config from ${JSON.stringify(join(checkout, 'oxlint.config.ts'))};`,
      `const jsPlugins = config.jsPlugins.map((path) => ${JSON.stringify(`${checkout}/`)} + path);`,
      'export default { ...config, options: {}, jsPlugins };',
    ];
    writeFileSync(join(folder, 'oxlint.config.ts'), config.join('\n'));
    const names = texts.map(([file], index) =>
      join(dirname(file), `number${index}`, file.slice(dirname(file).length + 1)),
    );
    for (const [index, [, text]] of texts.entries()) {
      const path = join(folder, names[index]!);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    const { diagnostics } = JSON.parse(await lint(folder)) as Findings;
    return names.map((name) =>
      diagnostics
        .filter(({ code, filename }) => filename === name && code === 'house(no-restricted-syntax)')
        .map(({ message }) => message),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Its exit code is 1 where there are findings. */
async function lint(folder: string): Promise<string> {
  const program = join(checkout, 'node_modules/oxlint/bin/oxlint');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [program, '--format', 'json', '.'],
      { cwd: folder },
      (error, stdout, stderr) => {
        if (stdout === '') reject(new Error(`oxlint printed nothing: ${stderr}`, { cause: error }));
        else resolve(stdout);
      },
    );
  });
}
