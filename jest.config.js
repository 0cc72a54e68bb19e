/**
 * Eight suites from one file; `--selectProjects` picks. `unit` and `architecture` need no engines, `engine` PostgreSQL and
 * Redis, `native` Kafka and an S3 store; `integration`, `faults` and `browser` run on the set that STREAMKEEPER_TEST_ENGINES names.
 */
const common = {
  rootDir: import.meta.dirname,
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts', '.tsx'],
  transform: { '^.+\\.tsx?$': ['@swc/jest', { configFile: '.swcrc', swcrc: true }] },
  transformIgnorePatterns: ['/node_modules/(?!@streamkeeper/)'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  testEnvironmentOptions: { customExportConditions: ['source', 'node', 'node-addons'] },
  modulePathIgnorePatterns: ['/dist/', '/.streamkeeper/'],
}
const project = (displayName, testMatch, more = {}) => ({ ...common, displayName, testMatch, ...more })

export default {
  testSequencer: '<rootDir>/test/slow-first.cjs',
  // For tests that hang, on machines that have much else to do: no figure is measured by it.
  testTimeout: 30_000,
  projects: [
    project('unit', ['<rootDir>/{packages,services,infra,models}/**/*.test.ts', '<rootDir>/test/{checker,platform}/*.test.ts'], {
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.(engine|native)\\.test\\.ts$'],
    }),
    project('architecture', ['<rootDir>/test/architecture/**/*.test.ts']),
    project('engine', ['<rootDir>/{packages,services,infra}/**/*.engine.test.ts']),
    project('native', ['<rootDir>/{packages,services,infra}/**/*.native.test.ts']),
    project('integration', ['<rootDir>/test/integration/**/*.test.ts']),
    project('faults', ['<rootDir>/test/faults/**/*.test.ts']),
    project('page', ['<rootDir>/test/page/**/*.test.ts']),
    project('browser', ['<rootDir>/test/browser/**/*.test.ts']),
  ],
}
