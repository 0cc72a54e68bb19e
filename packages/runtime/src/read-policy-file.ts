import { readFile } from 'node:fs/promises'
import { defaultPolicyUrl, parsePolicy, type Policy } from '@streamkeeper/policy'

/** The policy of a file, or the default one. Throws StreamkeeperError POLICY_INVALID, or the error of a file that cannot be read. */
export async function readPolicyFile(file: string | undefined): Promise<Policy> {
  return parsePolicy(await readFile(file ?? defaultPolicyUrl, 'utf8'), file ?? 'default policy')
}
