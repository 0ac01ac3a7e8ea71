export interface Row {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly ratio: string;
  readonly goal: string;
  /** Undefined where it is not measured; a row without a goal is for comparison only. */
  readonly met: boolean | undefined;
}

const headings = ['what', 'measured', 'compared with', 'ratio', 'goal', ''];

export function formatTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, measured, against, ratio, goal, met }) => {
    const verdict = met === undefined ? (goal === '' ? '' : 'not measured') : met ? 'met' : 'MISSED';
    return [what, measured, against, ratio, goal, verdict];
  });
  const lines = [headings, ...cells];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

export function ms(time: number): string {
  return `${time.toFixed(time < 20 ? 1 : 0)} ms`;
}

export function mb(bytes: number): string {
  return `${(bytes / 1_048_576).toFixed(1)} MB`;
}

export function times(ratio: number): string {
  return `${ratio.toFixed(2)} ×`;
}
