// The house, ground floor first: a file imports from the floors below its own and from its own room. src/webview is no
// floor: it is browser code and has rules of its own further down.
import floors from './scripts/floors.json' with { type: 'json' };

/** These decide and transform; whatever touches the machine is handed to them. */
const pureRooms = ['masking', 'policy', 'entries'];

/** http is a door that these doors open; these files, one of types, are its handle. VS Code starts a worker, by its path. */
const openersOfHttp = ['cli', 'library'];
const handleOfHttp = '^src/http/(logsApi|server|apiTypes)\\.ts$';
/** Pages know the types of these rooms. */
const roomsOfPages = ['policy', 'query', 'audit'];

/** The second form is what `vscode` resolves to where its types are installed (node_modules may be a link). */
const vscodeApi = '^vscode$|(^|/)node_modules/@types/vscode/';

/** src/extension.ts has to lie where package.json's `main` is built from, but it belongs to the vscode room. */
const room = (name) => (name === 'vscode' ? '^src/(vscode/|extension\\.ts$)' : `^src/${name}/`);
const every = (names) => names.map(room);
const except = (names, name) => names.filter((other) => other !== name);

const rooms = floors.flat();
const typesOnly = ['type-only', 'type-import'];

const forbid = (name, comment, from, to) => ({ name, comment, severity: 'error', from, to });

const floorRules = floors
  .slice(0, -1)
  .map((floor, number) =>
    forbid(
      `floor-${number}-looks-down`,
      `${floor.join(', ')}: import only from the floors below.`,
      { path: every(floor) },
      { path: every(floors.slice(number + 1).flat()) },
    ),
  );

const neighbourRules = floors
  .filter((floor) => floor.length > 1)
  .flatMap((floor) =>
    floor.map((name) =>
      forbid(
        `${name}-leaves-its-neighbours-alone`,
        `Rooms of one floor don't import each other; what both need belongs to a floor below.`,
        { path: room(name) },
        { path: every(except(floor, name)) },
      ),
    ),
  );

const httpRules = [
  forbid(
    'http-is-opened-by-cli-and-library-alone',
    'The other rooms have no business with a server.',
    { path: every(except(rooms, 'http')), pathNot: every(openersOfHttp) },
    { path: room('http') },
  ),
  forbid(
    'http-is-entered-through-logsApi',
    'logsApi is the whole of what another door may know of the API.',
    { path: '^src/', pathNot: room('http') },
    { path: room('http'), pathNot: handleOfHttp },
  ),
];

const webviewRules = [
  forbid(
    'webview-shares-messages-alone',
    `Pages talk to the host through messages, whose types are in ${roomsOfPages.join(', ')}.`,
    { path: room('webview') },
    { path: '^src/', pathNot: every(['webview', ...roomsOfPages]) },
  ),
  forbid(
    'webview-takes-types-alone',
    'A value would bring schemas, and the whole of zod, into every page.',
    { path: room('webview') },
    { path: every(roomsOfPages), dependencyTypesNot: typesOnly },
  ),
  forbid(
    'webview-has-no-node',
    'Pages run in a browser.',
    { path: room('webview') },
    { dependencyTypes: ['core'] },
  ),
  forbid(
    'webview-is-imported-by-nobody',
    'It is bundled for the browser on its own; the host hands out the bundle.',
    { path: '^src/', pathNot: room('webview') },
    { path: room('webview') },
  ),
];

const otherRules = [
  forbid(
    'vscode-stays-in-its-room',
    'Everything else has to run in a backend and on the command line.',
    { path: '^src/', pathNot: room('vscode') },
    { path: vscodeApi },
  ),
  forbid(
    'pure-rooms-have-no-node',
    'They are tested and reused without a machine behind them.',
    { path: every(pureRooms) },
    { dependencyTypes: ['core'] },
  ),
  forbid(
    'src-stands-by-itself',
    'What ships does not import what tests, measures or builds it.',
    { path: '^src/' },
    { path: '^(test|bench|scripts)/' },
  ),
  forbid(
    'worker-makes-no-sentences',
    'Words are chosen at the edge, which knows the language; the worker answers with codes and numbers.',
    { path: '^src/jobs/worker\\.ts$' },
    { path: ['^src/words/', '(^|/)node_modules/@vscode/l10n/'], reachable: true },
  ),
  forbid('no-circles', 'Files that import each other are one file.', {}, { circular: true }),
  {
    name: 'every-file-has-a-room',
    comment: 'A file outside the rooms escapes the floors. Give a new room its place in the table of floors.',
    severity: 'error',
    from: {},
    // Rules match imports; only a rule on the count of importers sees a file that neither imports nor is imported.
    module: { path: '^src/', pathNot: every([...rooms, 'webview']), numberOfDependentsLessThan: 100 },
  },
];

export default {
  forbidden: [...floorRules, ...neighbourRules, ...httpRules, ...webviewRules, ...otherRules],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Without it imports of types are invisible, and a type is as much a dependency between rooms as a value.
    tsPreCompilationDeps: true,
    detectProcessBuiltinModuleCalls: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
    },
  },
};
