import type { AccountUpdated, ErrorCode, PolicyFile, StreamClass } from '@streamkeeper/contracts'

export interface Refusal {
  readonly code: ErrorCode
  readonly message: string
}

/** What is known of a streamer when his stream starts. */
export interface StreamerFacts {
  readonly realName: AccountUpdated['realName']
  readonly blacklisted: boolean
  readonly licences: NonNullable<AccountUpdated['licences']>
}

export interface AdmissionQuestion {
  readonly account: StreamerFacts | null
  readonly streamClass: StreamClass
  readonly at: Date
}

/** Why the stream may not start, or null. Blacklist first: it outranks every paper. */
export function judgeAdmission(
  rules: PolicyFile['admission'],
  { account, streamClass, at }: AdmissionQuestion,
): Refusal | null {
  if (account?.blacklisted === true)
    return { code: 'STREAMER_BLACKLISTED', message: 'the streamer is on the blacklist' }
  if (rules.requireVerifiedRealName && account?.realName !== 'verified') {
    return {
      code: 'STREAMER_UNVERIFIED',
      message: `the real name of the streamer is ${account?.realName ?? 'unknown'}`,
    }
  }
  if (rules.licensedClasses.includes(streamClass) && !holdsLicence(account, streamClass, at)) {
    return {
      code: 'CLASS_NOT_LICENSED',
      message: `class ${streamClass} needs a licence that the account does not hold`,
    }
  }
  return null
}

function holdsLicence(account: StreamerFacts | null, streamClass: StreamClass, at: Date): boolean {
  return (account?.licences ?? []).some(
    (licence) => licence.class === streamClass && (licence.until === undefined || new Date(licence.until) > at),
  )
}
