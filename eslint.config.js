import { defineConfig } from 'eslint/config';
import tseslint from 'typescript-eslint';

const message = {
  vscode: 'vscode is imported only under src/vscode and in src/extension.ts.',
  zod: "Import zod as `import * as z from 'zod'`: with `import { z }` a bundle grows from 80 KB to 450 KB.",
  zodInPages: "Import zod in a page as `import * as z from 'zod/mini'`: 15 KB instead of 80 KB.",
  bareT: "Write `import * as l10n from '@vscode/l10n'`: the exporter of texts finds only `l10n.t('…')`.",
  literalText: 'Give l10n.t a plain literal with places such as {0}: the exporter of texts reads the source.',
  plainWords: "People read this: vscode.l10n.t('…').",
  environment: 'Hand the environment in: the next test of this process would find what is set here.',
  nondescript: 'Name the file after its one idea; everything can be a util, a helper or common.',
};

/** Whatever reaches zod other than as `import * as z from MODULE`. (A selector's regex spells a slash \u002F.) */
const zodOnlyFrom = (module, text) =>
  [
    `:matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value=/^zod(\\u002F|$)/][source.value!='${module}']`,
    `ImportDeclaration[source.value='${module}'] > :not(ImportNamespaceSpecifier[local.name='z'], Literal)`,
    `:matches(ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value='${module}']`,
  ].map((selector) => ({ selector, message: text }));

/** What the exporter of texts overlooks without a word. */
const exportedTexts = [
  ["ImportDeclaration[source.value='@vscode/l10n'] > ImportSpecifier", message.bareT],
  [
    "CallExpression[callee.object.name='l10n'][callee.property.name='t'][arguments.0.type!='Literal']",
    message.literalText,
  ],
  [
    "CallExpression[callee.object.property.name='l10n'][callee.property.name='t'][arguments.0.type!='Literal']",
    message.literalText,
  ],
].map(([selector, text]) => ({ selector, message: text }));

const PLAIN =
  ':matches(Literal[value=/[A-Za-z]/], TemplateLiteral:has(TemplateElement[value.raw=/[A-Za-z]/]))';

/** Plain words where VS Code shows them to a person. */
const plainWords = [
  'CallExpression[callee.property.name=/^show(Information|Warning|Error)Message$/] > PLAIN',
  "CallExpression[callee.name='offer'] > PLAIN:not(:first-child)",
  "CallExpression[callee.name='offer'] > ObjectExpression > Property[computed=false]",
  "NewExpression[callee.property.name='TreeItem'] > PLAIN:first-child",
  'Property[key.name=/^(title|label|description|detail|tooltip|message|prompt|placeHolder|saveLabel|openLabel)$/] > PLAIN.value',
  'AssignmentExpression[left.property.name=/^(title|label|description|tooltip|message|text)$/] > PLAIN.right',
].map((selector) => ({ selector: selector.replace('PLAIN', PLAIN), message: message.plainWords }));

/** What the machine that lints calls global: Node's names, without a package that lists them. */
const nodeGlobals = Object.fromEntries(
  Object.getOwnPropertyNames(globalThis).map((name) => [name, 'readonly']),
);

/** What changes the environment, the folder or the zone of the process that runs the tests. */
const changesOfProcess = [
  'AssignmentExpression[left.object.object.name="process"][left.object.property.name="env"]',
  'AssignmentExpression[left.object.name="process"][left.property.name="env"]',
  'UnaryExpression[operator="delete"][argument.object.object.name="process"][argument.object.property.name="env"]',
  'CallExpression[callee.object.name=/^(Object|Reflect)$/][callee.property.name=/^(assign|deleteProperty|defineProperty|defineProperties|set)$/][arguments.0.object.name="process"][arguments.0.property.name="env"]',
  'CallExpression[callee.object.name="process"][callee.property.name=/^(chdir|loadEnvFile)$/]',
].map((selector) => ({ selector, message: message.environment }));

const everywhere = [...zodOnlyFrom('zod', message.zod), ...exportedTexts];

export default defineConfig(
  // Only the root's types need this file. The tsconfig.json beside it leaves it out, so it has no program here.
  { ignores: ['dist/', '.work/', 'bench/rivals.d.ts'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    name: 'house: everywhere',
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true } },
    rules: {
      eqeqeq: ['error', 'always', { null: 'ignore' }],
      'no-constant-binary-expression': 'error',
      'no-duplicate-imports': 'error',
      'no-empty': 'error',
      'no-restricted-imports': ['error', { paths: [{ name: 'vscode', message: message.vscode }] }],
      'no-restricted-syntax': ['error', ...everywhere],
      'no-unsafe-finally': 'error',
      'no-unsafe-optional-chaining': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      // `import { type A }` stays behind as an import with side effects; dependency-cruiser takes it for a mere type.
      '@typescript-eslint/no-import-type-side-effects': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    name: 'house: silent but for the command line',
    files: ['src/**'],
    ignores: ['src/cli/**'],
    rules: { 'no-console': 'error' },
  },
  {
    name: 'house: who may know VS Code',
    files: ['src/vscode/**', 'src/extension.ts', 'test/host/**'],
    rules: { 'no-restricted-imports': 'off' },
  },
  {
    name: 'house: words in VS Code',
    files: ['src/vscode/**', 'src/extension.ts'],
    rules: { 'no-restricted-syntax': ['error', ...everywhere, ...plainWords] },
  },
  {
    name: 'house: pages',
    files: ['src/webview/**'],
    rules: { 'no-restricted-syntax': ['error', ...zodOnlyFrom('zod/mini', message.zodInPages)] },
  },
  {
    name: 'house: tests',
    files: ['test/**'],
    rules: {
      // A wrong `!` fails the test, and a fake port is async without having anything to wait for.
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/require-await': 'off',
    },
  },
  {
    name: 'house: tests leave their process as it is',
    files: ['test/**'],
    // Here a whole suite has a state folder of its own, and puts the process's back at its end.
    ignores: ['test/faults/workspaceFolder.ts', 'test/faults/*[dD]iskFull.test.ts'],
    rules: { 'no-restricted-syntax': ['error', ...everywhere, ...changesOfProcess] },
  },
  {
    name: 'house: calls of programs that only the benchmarks install',
    files: [
      'bench/archiveRead/{readers,timeAlone}.ts',
      'bench/archiveWrite/{writers,writeAlone}.ts',
      'bench/record/{httpLoad,httpServer}.ts',
      'bench/record/contenders/*.ts',
    ],
    rules: {
      // Where they are not installed, their types are unknown.
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/restrict-plus-operands': 'off',
    },
  },
  {
    name: 'house: plain JavaScript',
    files: ['**/*.{js,cjs,mjs}'],
    extends: [tseslint.configs.disableTypeChecked],
    languageOptions: { globals: nodeGlobals },
    rules: {
      'no-undef': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
  {
    name: 'house: CommonJS',
    files: ['**/*.cjs'],
    languageOptions: { sourceType: 'commonjs' },
  },
  {
    name: 'house: names that explain themselves',
    files: ['**/{util,utils,helper,helpers,common}.*', '**/{util,utils,helper,helpers,common}/**'],
    rules: { 'no-restricted-syntax': ['error', { selector: 'Program', message: message.nondescript }] },
  },
);
