import { hostText, isAllowedHost } from './allowed-hosts.js'

const list = (...texts: string[]) => texts.map((text) => hostText.parse(text))
const allows = (entry: string, url: string): boolean => isAllowedHost(list(entry), new URL(url))

test.each([
  ['media.example.com', 'https://media.example.com/a', true],
  ['Media.Example.com', 'https://media.example.com:443/a', true],
  ['https://media.example.com', 'https://media.example.com/a', true],
  ['media.example.com', 'https://media.example.com:8443/a', false],
  ['media.example.com', 'http://media.example.com/a', false],
  ['media.example.com', 'https://a.media.example.com/a', false],
  ['media.example.com', 'https://media.example.com./a', false],
  ['media.example.com', 'https://media.example.com.evil.test/a', false],
  ['media.example.com:8443', 'https://media.example.com:8443/a', true],
  ['media.example.com:8443', 'https://media.example.com/a', false],
  ['http://media.example.com:8080', 'http://media.example.com:8080/a', true],
  ['http://media.example.com:80', 'http://media.example.com/a', true],
  ['http://media.example.com:8080', 'https://media.example.com:8080/a', false],
  ['*.example.com', 'https://a.example.com/a', true],
  ['*.example.com', 'https://a.b.example.com/a', true],
  ['*.example.com', 'https://example.com/a', false],
  ['*.example.com', 'https://aexample.com/a', false],
  ['*.example.com', 'https://.example.com/a', false],
  ['*.example.com:8443', 'https://a.example.com:8443/a', true],
  ['10.0.0.5:8443', 'https://10.0.0.5:8443/a', true],
  ['[fd00::5]', 'https://[fd00::5]/a', true],
])('%s and %s: %s', (entry, url, allowed) => expect(allows(entry, url)).toBe(allowed))

test.each([
  '*',
  '*.com',
  '*.10.0.0.1',
  'a.*.com',
  'http://media.example.com',
  'http://*.example.com:80',
  'ftp://media.example.com',
  'user@media.example.com',
  'media.example.com/path',
  'media.example.com:99999',
  '127.1',
  '0x7f000001',
  '[::0001]',
  '',
])('%j is no entry', (text) => expect(hostText.safeParse(text).success).toBe(false))
