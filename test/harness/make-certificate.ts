import { execFile } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** Files in PEM. */
export interface Certificate {
  readonly authority: string
  readonly certificate: string
  readonly key: string
}

/** A certificate for 127.0.0.1 and localhost by an authority of its own; the files lie in `folder`. */
export async function makeCertificate(folder: string): Promise<Certificate> {
  const at = (name: string): string => join(folder, name)
  const openssl = (...words: string[]) => run('openssl', words)
  const fresh = ['-newkey', 'rsa:2048', '-nodes']
  const authority = [
    '-x509',
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    at('ca.key'),
    '-out',
    at('ca.crt'),
  ]
  await openssl('req', ...fresh, ...authority)
  await openssl('req', ...fresh, '-subj', '/CN=127.0.0.1', '-keyout', at('key'), '-out', at('csr'))
  writeFileSync(at('names'), 'subjectAltName=IP:127.0.0.1,DNS:localhost\n')
  const signed = ['-CA', at('ca.crt'), '-CAkey', at('ca.key'), '-CAcreateserial', '-days', '2', '-extfile', at('names')]
  await openssl('x509', '-req', '-in', at('csr'), ...signed, '-out', at('crt'))
  return { authority: at('ca.crt'), certificate: at('crt'), key: at('key') }
}
