import { readFileSync } from 'node:fs'
import { defaultPolicyUrl, parsePolicy, parseProfile, profileUrl } from './index.js'

const text = readFileSync(defaultPolicyUrl, 'utf8')

describe('parsePolicy', () => {
  it('reads the default policy and knows its digest', () => {
    const policy = parsePolicy(text, 'default')
    expect(policy.identity).toEqual({
      name: 'default',
      version: '1',
      sha256: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    })
    expect(parsePolicy(`${text}\n`, 'default').identity.sha256).not.toBe(policy.identity.sha256)
  })
  it.each([
    ['a missing field', text.replace('    minScore: 0.5\n', ''), /p\.yaml:\d+: rules\.0\.minScore: /],
    ['a severity above 100', text.replace('severity: 95', 'severity: 950'), /p\.yaml:13: rules\.0\.severity: /],
    ['an unknown field', text.replace('name: default', 'name: default\nnmae: x'), /nmae/],
    ['broken YAML', 'rules: [', /p\.yaml: /],
    ['a rule id twice', text.replaceAll('id: fraud.chat', 'id: abuse.chat'), /abuse\.chat is used twice/],
    ['a fallback of allow', text.replace('fallback: hold', 'fallback: allow'), /chat\.fallback/],
    ['aliases', 'name: &a x\nversion: *a', /./],
  ])('refuses %s by line and field', (_, wrong, message) => {
    expect(() => parsePolicy(wrong, 'p.yaml')).toThrow(message)
  })
  it('reads the cn profile', () => {
    expect(parseProfile(readFileSync(profileUrl('cn'), 'utf8'), 'cn')).toMatchObject({
      id: 'cn',
      timezone: 'Asia/Shanghai',
      lockMode: 'COMPLIANCE',
    })
  })
})
