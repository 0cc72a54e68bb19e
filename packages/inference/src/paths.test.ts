import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { modelDir, testCardPath } from './index.js'

test('the shipped folders are where the paths say', () => {
  expect(existsSync(join(modelDir('nsfw'), 'manifest.json'))).toBe(true)
  expect(existsSync(testCardPath)).toBe(true)
})

test.each(['..', '../x', '', 'a/b', '.hidden', '/etc'])('%j is no model name', (name) => {
  expect(() => modelDir(name)).toThrow(TypeError)
})
