import type { Role } from '@streamkeeper/contracts'

/** Who may look. */
const everybody: readonly Role[] = ['moderator', 'lead', 'auditor', 'admin']
/** Who may decide: an auditor never changes anything. */
export const reviewers: readonly Role[] = ['moderator', 'lead', 'admin']
/** Who is told of alarms, and may take back what somebody else decided. */
export const leads: readonly Role[] = ['lead', 'admin']
const admins: readonly Role[] = ['admin']

/** Who may call a route; `anyone`: also without a session. */
export type Access = readonly Role[] | 'anyone'

/** Every route of the API with who may call it. One that does not stand here stops the server from starting. */
export const access: Readonly<Record<string, Access>> = {
  'POST /session': 'anyone',
  'GET /session': everybody,
  'DELETE /session': everybody,
  'PUT /session/password': everybody,
  'GET /cases': everybody,
  'GET /cases/:caseId': everybody,
  'POST /cases/:caseId/claim': reviewers,
  'POST /cases/next': reviewers,
  'POST /cases/:caseId/heartbeat': reviewers,
  'POST /cases/:caseId/release': reviewers,
  'POST /cases/:caseId/decisions': reviewers,
  'DELETE /decisions/:decisionId': reviewers,
  'GET /evidence/:sha256': everybody,
  'GET /cases/:caseId/clips/:signalId': everybody,
  'GET /cases/:caseId/clips/:signalId/:sequence': everybody,
  'GET /held': reviewers,
  'POST /held/decisions': reviewers,
  'GET /alarms': leads,
  'POST /alarms/:alarmId/take': leads,
  'GET /users': admins,
  'POST /users': admins,
  'PATCH /users/:username': admins,
  'DELETE /users/:username/sessions': admins,
  'GET /status': everybody,
  'GET /events': everybody,
  // Public keys are public: platforms verify commands with them.
  'GET /keys': 'anyone',
  'GET /openapi.json': 'anyone',
}
