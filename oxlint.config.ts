import { defineConfig, type OxlintOverride } from 'oxlint';

type Rules = NonNullable<OxlintOverride['rules']>;

interface Restriction {
  readonly selector: string;
  readonly message: string;
}

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
const zodOnlyFrom = (module: string, text: string): readonly Restriction[] =>
  [
    `:matches(ImportDeclaration, ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value=/^zod(\\u002F|$)/][source.value!='${module}']`,
    `ImportDeclaration[source.value='${module}'] > :not(ImportNamespaceSpecifier[local.name='z'], Literal)`,
    `:matches(ExportNamedDeclaration, ExportAllDeclaration, ImportExpression)[source.value='${module}']`,
  ].map((selector) => ({ selector, message: text }));

/** What the exporter of texts overlooks without a word. */
const exportedTexts = (
  [
    ["ImportDeclaration[source.value='@vscode/l10n'] > ImportSpecifier", message.bareT],
    [
      "CallExpression[callee.object.name='l10n'][callee.property.name='t'][arguments.0.type!='Literal']",
      message.literalText,
    ],
    [
      "CallExpression[callee.object.property.name='l10n'][callee.property.name='t'][arguments.0.type!='Literal']",
      message.literalText,
    ],
  ] as const
).map(([selector, text]): Restriction => ({ selector, message: text }));

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
].map((selector): Restriction => ({
  selector: selector.replace('PLAIN', PLAIN),
  message: message.plainWords,
}));

/** What changes the environment, the folder or the zone of the process that runs the tests. */
const changesOfProcess = [
  'AssignmentExpression[left.object.object.name="process"][left.object.property.name="env"]',
  'AssignmentExpression[left.object.name="process"][left.property.name="env"]',
  'UnaryExpression[operator="delete"][argument.object.object.name="process"][argument.object.property.name="env"]',
  'CallExpression[callee.object.name=/^(Object|Reflect)$/][callee.property.name=/^(assign|deleteProperty|defineProperty|defineProperties|set)$/][arguments.0.object.name="process"][arguments.0.property.name="env"]',
  'CallExpression[callee.object.name="process"][callee.property.name=/^(chdir|loadEnvFile)$/]',
].map((selector): Restriction => ({ selector, message: message.environment }));

const everywhere = [...zodOnlyFrom('zod', message.zod), ...exportedTexts];

/** What no selector may match in some files. */
const restricted = (...restrictions: readonly Restriction[]): Rules => ({
  'house/no-restricted-syntax': ['error', ...restrictions],
});

/**
 * The presets “strict” and “stylistic” of typescript-eslint, which oxlint does not know by these names: what reads the
 * text alone …
 */
const ofSyntax = [
  'no-var',
  'prefer-const',
  'prefer-rest-params',
  'prefer-spread',
  'typescript/adjacent-overload-signatures',
  'typescript/array-type',
  'typescript/ban-ts-comment',
  'typescript/ban-tslint-comment',
  'typescript/class-literal-property-style',
  'typescript/consistent-generic-constructors',
  'typescript/consistent-indexed-object-style',
  'typescript/consistent-type-assertions',
  'typescript/consistent-type-definitions',
  'typescript/no-array-constructor',
  'typescript/no-confusing-non-null-assertion',
  'typescript/no-duplicate-enum-values',
  'typescript/no-dynamic-delete',
  'typescript/no-empty-function',
  'typescript/no-empty-object-type',
  'typescript/no-explicit-any',
  'typescript/no-extra-non-null-assertion',
  'typescript/no-extraneous-class',
  'typescript/no-inferrable-types',
  'typescript/no-invalid-void-type',
  'typescript/no-misused-new',
  'typescript/no-namespace',
  'typescript/no-non-null-asserted-nullish-coalescing',
  'typescript/no-non-null-asserted-optional-chain',
  'typescript/no-non-null-assertion',
  'typescript/no-require-imports',
  'typescript/no-this-alias',
  'typescript/no-unnecessary-type-constraint',
  'typescript/no-unsafe-declaration-merging',
  'typescript/no-unsafe-function-type',
  'typescript/no-unused-expressions',
  'typescript/no-useless-constructor',
  'typescript/no-wrapper-object-types',
  'typescript/prefer-as-const',
  'typescript/prefer-for-of',
  'typescript/prefer-function-type',
  'typescript/prefer-literal-enum-member',
  'typescript/prefer-namespace-keyword',
  'typescript/triple-slash-reference',
  'typescript/unified-signatures',
];

/** … and what asks for types. */
const ofTypes = [
  'typescript/await-thenable',
  'typescript/dot-notation',
  'typescript/no-array-delete',
  'typescript/no-base-to-string',
  'typescript/no-confusing-void-expression',
  'typescript/no-deprecated',
  'typescript/no-duplicate-type-constituents',
  'typescript/no-floating-promises',
  'typescript/no-for-in-array',
  'typescript/no-generated-empty-object-type',
  'typescript/no-implied-eval',
  'typescript/no-meaningless-void-operator',
  'typescript/no-misused-promises',
  'typescript/no-misused-spread',
  'typescript/no-mixed-enums',
  'typescript/no-redundant-type-constituents',
  'typescript/no-unnecessary-boolean-literal-compare',
  'typescript/no-unnecessary-condition',
  'typescript/no-unnecessary-template-expression',
  'typescript/no-unnecessary-type-arguments',
  'typescript/no-unnecessary-type-assertion',
  'typescript/no-unnecessary-type-conversion',
  'typescript/no-unnecessary-type-parameters',
  'typescript/no-unsafe-argument',
  'typescript/no-unsafe-assignment',
  'typescript/no-unsafe-call',
  'typescript/no-unsafe-enum-assignment',
  'typescript/no-unsafe-enum-comparison',
  'typescript/no-unsafe-member-access',
  'typescript/no-unsafe-return',
  'typescript/no-unsafe-unary-minus',
  'typescript/no-useless-default-assignment',
  'typescript/non-nullable-type-assertion-style',
  'typescript/only-throw-error',
  'typescript/prefer-find',
  'typescript/prefer-includes',
  'typescript/prefer-nullish-coalescing',
  'typescript/prefer-optional-chain',
  'typescript/prefer-promise-reject-errors',
  'typescript/prefer-reduce-type-parameter',
  'typescript/prefer-regexp-exec',
  'typescript/prefer-return-this-type',
  'typescript/prefer-string-starts-ends-with',
  'typescript/related-getter-setter-pairs',
  'typescript/require-await',
  'typescript/restrict-plus-operands',
  'typescript/return-await',
  'typescript/unbound-method',
  'typescript/use-unknown-in-catch-callback-variable',
];

const all = (rules: readonly string[], severity: 'error' | 'off'): Rules =>
  Object.fromEntries(rules.map((rule) => [rule, severity]));

export default defineConfig({
  plugins: ['typescript'],
  // ESLint’s own rule: oxlint has none that takes selectors.
  jsPlugins: ['./scripts/testing/restrictedSyntax.mjs'],
  categories: { correctness: 'off' },
  options: { typeAware: true, typeCheck: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: ['dist/', '.work/', 'bench/node_modules/'],
  rules: {
    ...all([...ofSyntax, ...ofTypes], 'error'),
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-constant-binary-expression': 'error',
    'no-duplicate-imports': 'error',
    'no-empty': 'error',
    'no-restricted-imports': ['error', { paths: [{ name: 'vscode', message: message.vscode }] }],
    ...restricted(...everywhere),
    'no-unsafe-finally': 'error',
    'no-unsafe-optional-chaining': 'error',
    'typescript/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
    'typescript/explicit-module-boundary-types': 'error',
    // `import { type A }` stays behind as an import with side effects; dependency-cruiser takes it for a mere type.
    'typescript/no-import-type-side-effects': 'error',
    'typescript/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
    'typescript/restrict-plus-operands': [
      'error',
      {
        allowAny: false,
        allowBoolean: false,
        allowNullish: false,
        allowNumberAndString: false,
        allowRegExp: false,
      },
    ],
    'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
    'typescript/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  },
  overrides: [
    // Silent but for the command line.
    { files: ['src/**'], rules: { 'no-console': 'error' } },
    { files: ['src/cli/**'], rules: { 'no-console': 'off' } },
    // Who may know VS Code.
    {
      files: ['src/vscode/**', 'src/extension.ts', 'test/host/**'],
      rules: { 'no-restricted-imports': 'off' },
    },
    // Words in VS Code.
    { files: ['src/vscode/**', 'src/extension.ts'], rules: restricted(...everywhere, ...plainWords) },
    // Pages.
    { files: ['src/webview/**'], rules: restricted(...zodOnlyFrom('zod/mini', message.zodInPages)) },
    {
      files: ['test/**'],
      rules: {
        // A wrong `!` fails the test, and a fake port is async without having anything to wait for.
        'typescript/no-non-null-assertion': 'off',
        'typescript/require-await': 'off',
      },
    },
    {
      // Tests leave their process as it is.
      files: ['test/**'],
      // Here a whole suite has a state folder of its own, and puts the process's back at its end.
      excludeFiles: ['test/faults/workspaceFolder.ts', 'test/faults/*[dD]iskFull.test.ts'],
      rules: restricted(...everywhere, ...changesOfProcess),
    },
    {
      // Calls of programs that only the benchmarks install. Where they are not installed, their types are unknown.
      files: [
        'bench/archiveRead/{readers,timeAlone}.ts',
        'bench/archiveWrite/{writers,writeAlone}.ts',
        'bench/record/{httpLoad,httpServer}.ts',
        'bench/record/contenders/*.ts',
      ],
      rules: {
        'typescript/no-unsafe-argument': 'off',
        'typescript/no-unsafe-assignment': 'off',
        'typescript/no-unsafe-call': 'off',
        'typescript/no-unsafe-member-access': 'off',
        'typescript/no-unsafe-return': 'off',
        'typescript/restrict-plus-operands': 'off',
      },
    },
    {
      // Plain JavaScript.
      files: ['**/*.{js,cjs,mjs}'],
      env: { node: true },
      rules: {
        ...all(ofTypes, 'off'),
        'no-undef': 'error',
        'typescript/explicit-module-boundary-types': 'off',
        'typescript/restrict-template-expressions': 'off',
        'typescript/switch-exhaustiveness-check': 'off',
      },
    },
    {
      // Names that explain themselves.
      files: ['**/{util,utils,helper,helpers,common}.*', '**/{util,utils,helper,helpers,common}/**'],
      rules: restricted({ selector: 'Program', message: message.nondescript }),
    },
  ],
});
