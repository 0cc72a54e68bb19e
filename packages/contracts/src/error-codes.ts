/** Every code that a user can meet, once. `docs/errors.md` is held equal to this list by a test. */
export const errorCodes = {
  INVALID_JSON: [
    'The value is not UTF-8 JSON.',
    'Publish structured-mode CloudEvents as UTF-8 JSON with content-type application/cloudevents+json.',
  ],
  INVALID_EVENT: [
    'A field of the event is missing or has the wrong type or range; the message names it.',
    'Correct the named field; docs/events holds the schema.',
  ],
  INVALID_ID: [
    'An id holds characters outside letters, digits and . _ : ~ @ - or is longer than 128.',
    'Choose ids of the allowed characters; they are kept as they are.',
  ],
  UNKNOWN_EVENT_TYPE: [
    'The type is none that this topic carries.',
    'Check the type and the topic against docs/events.',
  ],
  UNSUPPORTED_MODE: [
    'data_base64 or another encoding that is not taken.',
    'Send JSON data in structured mode, or a segment in binary mode.',
  ],
  KEY_MISMATCH: [
    'Record key, subject and data.streamId (accountId) differ.',
    'Use the stream id (account id) for all three.',
  ],
  TIME_OUT_OF_RANGE: [
    'The time lies more than 30 days back or 5 minutes ahead.',
    'Set the clock of the producer; send the time of the event.',
  ],
  TEXT_TOO_LONG: ['The text has more than 10,000 characters.', 'Cut or split the text.'],
  VALUE_TOO_LARGE: [
    'The value is larger than its topic allows (16 MiB on live.segments, 1 MiB elsewhere).',
    'Send a shorter segment or a reference.',
  ],
  ID_CONFLICT: ['The same id and source came before with other content.', 'Give each event its own id.'],
  MESSAGE_CONFLICT: ['The same messageId came before with other text.', 'Give each message its own id.'],
  SEQUENCE_CONFLICT: [
    'The same stream and sequence came before with other bytes.',
    'Number the segments of a broadcast once.',
  ],
  SIZE_MISMATCH: ['The bytes are not as many as size says.', 'Send the length of the value.'],
  DIGEST_MISMATCH: [
    'The SHA-256 of the bytes is not the one that was sent.',
    'Compute sha256 over exactly the bytes of the segment.',
  ],
  MEDIA_MISSING: [
    'The event has neither bytes nor url, or what is at the url is gone or did not come within 30 s.',
    'Send the bytes in binary mode or a url that stays until it was read; replay the record when its host is well.',
  ],
  MEDIA_URL_NOT_ALLOWED: [
    'No rule of the operator allows the url; the message says which one.',
    'Use a host, bucket or folder of STREAMKEEPER_MEDIA_HOSTS, _MEDIA_BUCKETS or _MEDIA_ROOT, or send the bytes in the record.',
  ],
  STREAM_UNKNOWN: ['No session of this stream was started within 10 s.', 'Publish live.session.started first.'],
  STREAM_ENDED: [
    'The record belongs to a stream that ended more than 60 s ago, or its time lies behind the end.',
    'Publish what belongs to a broadcast before and shortly after its end.',
  ],
  STREAM_REFUSED: ['The stream was refused at its start.', 'See moderation.session.refused for the reason.'],
  STREAM_ID_REUSED: [
    'A stream id was started again.',
    'Use a new stream id for each broadcast; a lasting room name may ride in roomId.',
  ],
  STREAMER_UNVERIFIED: [
    'The streamer has no verified real name.',
    'Publish live.account.updated with realName verified before the start.',
  ],
  STREAMER_BLACKLISTED: ['The streamer is on the blacklist.', 'Appeal to the operator of this installation.'],
  CLASS_NOT_LICENSED: [
    'The class of the stream needs a licence that the account does not hold.',
    'Publish the licence with live.account.updated, or start in another class.',
  ],
  UNKNOWN_FAILURE: [
    'Handling the record failed twice for a reason that nobody foresaw.',
    'Read the log of the service at the time; replay after the cause is mended.',
  ],
  MODEL_REFUSED: [
    'A model has the wrong digest, shape or files outside of it.',
    'Restore the model folder; see models/README.md.',
  ],
  STORE_NOT_LOCKING: [
    'The archive bucket does not enforce Object Lock.',
    'Create the bucket with Object Lock and versioning on a store that enforces them.',
  ],
  CONFIG_INVALID: [
    'One or more environment variables are missing or wrong; each is named.',
    'Correct the named variables; see docs/configuration.md.',
  ],
  ENGINE_AWAY: ['A dependency does not answer.', 'See /readyz for which one; work goes on by itself when it is back.'],
  UNAUTHENTICATED: ['No valid session.', 'Sign in.'],
  FORBIDDEN: ['The role of this account may not do that.', 'Ask an admin for the role.'],
  CSRF_REJECTED: ['The request did not come from the page itself.', 'Reload the page and try again.'],
  RATE_LIMITED: ['Too many attempts.', 'Wait for the time that Retry-After says.'],
  NOT_FOUND: ['There is no such thing, or not for you.', 'Check the id.'],
  INVALID_REQUEST: [
    'The request does not fit its schema; the field is named.',
    'Correct the named field; see /api/v1/openapi.json.',
  ],
  CASE_CONFLICT: ['The case changed since it was shown.', 'Look at the case again and decide anew.'],
  LEASE_LOST: ['The lease of the case ended or was taken over.', 'Claim the case again.'],
  POLICY_INVALID: ['The policy file does not fit its schema; line and field are named.', 'Correct the named line.'],
  LEXICON_INVALID: [
    'The lexicon cannot be read at all: its header is wrong.',
    'Start the file with word,category,severity,match,variants.',
  ],
  BANK_INVALID: [
    'The list of banned pictures cannot be read at all: its header is wrong.',
    'Start the file with hash,category,severity,note.',
  ],
} as const satisfies Record<string, readonly [meaning: string, remedy: string]>

export type ErrorCode = keyof typeof errorCodes

/** An error that a user can act on: `message` names the field or thing, `code` finds the remedy in docs/errors.md. */
export class StreamkeeperError extends Error {
  override readonly name: string = 'StreamkeeperError'
  constructor(
    readonly code: ErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options)
  }
}
