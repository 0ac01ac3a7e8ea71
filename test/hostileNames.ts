const long = `${'x'.repeat(251)}.log`;

/** Names that a log may have in `logs/`, by what finds them in a list: they are shown printable. */
export const hostileNames: Readonly<Record<string, string>> = {
  'with space': 'with space.log',
  "quote'": `quote'"\`.log`,
  u000aline: 'new\nline.log',
  '😀': '😀.log',
  '%2f': '..%2f..%2fetc.log',
  '..\\up': '..\\up.log',
  u001b: 'esc\u001b[31m\u0007.log',
  '(command:': '$(sync~spin) [click](command:workbench.action.togglePanel).log',
  [long.slice(0, 60)]: long,
};
