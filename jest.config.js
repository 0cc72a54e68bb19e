/** Five suites from one file; `--selectProjects` picks. Only `unit` and `architecture` run without engines. */
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
  projects: [
    project('unit', ['<rootDir>/{packages,services,infra,models}/**/*.test.ts', '<rootDir>/test/checker/*.test.ts'], {
      testPathIgnorePatterns: ['/node_modules/', '/dist/', '\\.engine\\.test\\.ts$'],
    }),
    project('architecture', ['<rootDir>/test/architecture/**/*.test.ts']),
    project('engine', ['<rootDir>/{packages,services,infra}/**/*.engine.test.ts']),
    project('integration', ['<rootDir>/test/{integration,faults}/**/*.test.ts']),
    project('browser', ['<rootDir>/test/browser/**/*.test.ts']),
  ],
}
